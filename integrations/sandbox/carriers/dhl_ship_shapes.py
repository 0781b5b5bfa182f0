"""What MyDHL API 3.1 asks of POST /shipments.

Source: https://developer.dhl.com/api-reference/dhl-express-mydhl-api
"""

from __future__ import annotations

from .dhl_shapes import (
    ACCOUNT,
    BOX_TYPES,
    CLOCK_TIME,
    COUNTRY,
    CURRENCY,
    IDENTIFIER,
    INSTRUCTIONS,
    MONEY,
    PARTY,
    POSITIVE_WEIGHT,
    REFERENCE,
    SIZES,
    UNITS,
    WEIGHT,
    WHEN,
    WHOLE_MONEY,
)
from .shapes import Flag, ListOf, Number, Record, Text, one_of

_REASONS = one_of(
    "permanent temporary return used_exhibition_goods_to_origin intercompany_use "
    "commercial_purpose_or_sale personal_belongings_or_personal_use sample gift return_to_origin "
    "warranty_replacement diplomatic_goods defence_material"
)
_QUANTITY_UNITS = one_of(
    "BOX 2GM M3 DPR DOZ PCS GM GRS KG M 3GM X NO PRS CM2 2M2 3M2 M2 4M2 CM CONE CT EA LBS RILL ROLL SET "
    "TU KM IN FT YD MI LTR MMQ CM3 DMQ MLT CLT DLT INQ FT3 YD3 GLI GLL PT PTI QTI PTL QTL PTD OZI J57 "
    "NM3 SM3 TNE LB ONZ CEL"
)
_LINE_REFERENCES = one_of(
    "AFE BRD DGC AAJ INB MAK ALX PAN PON ABW SE SON OID DTC DTM DTQ DTR ITR MID OED OET OOR SME USM AAM "
    "CFR DOM FOR USG MAT NLR DDS ARN OP OSC TAR TCO AEI EXN AFK AEA PTA"
)
_INVOICE_REFERENCES = one_of(
    "ACL CID CN CU ITN UCN MRN OID PON RMA AAM ABT ADA AES AFD ANT BKN BOL CDN COD DSC FF FN FTR HWB IBC "
    "IPP LLR MAB MWB OBC PD PRN RTL SID SS SWN TAR TCO PX PTA"
)
_CUSTOMS_DOCUMENT = Record(
    {
        "typeCode*": one_of(
            "972 AHC ALC ATA ATR BEX CHA CHD CHP CIT CIV CI2 COO CPA CRL CSD DEX DGD DLI DOV ELP EU1 EU2 EUS EXL "
            "FMA HLC HWB INV IPA JLC LIC LNP NID PAS PFI PHY PLI POA PCH ROD T2M TAD TCS VET VEX ORD OEI RGR CP2"
        ),
        "value*": Text(1, 35),
    }
)
_LINE_ITEM = Record(
    {
        "number*": Number(1, 999, whole=True),
        "description*": Text(1, 512),
        "price*": MONEY,
        "quantity*": Record({"value*": Number(1, 1_000_000_000, whole=True), "unitOfMeasurement*": _QUANTITY_UNITS}),
        "commodityCodes": ListOf(Record({"typeCode*": one_of("outbound inbound"), "value*": Text(2, 18)}), 0, 2),
        "exportReasonType": _REASONS,
        "manufacturerCountry*": COUNTRY,
        "exportControlClassificationNumber": Text(0, 30),
        "weight*": Record({"netValue": WEIGHT, "grossValue": WEIGHT}),
        "isTaxesPaid": Flag(),
        "additionalInformation": ListOf(Text(), 1, 8),
        "customerReferences": ListOf(Record({"typeCode*": _LINE_REFERENCES, "value*": Text(1, 35)}), 0, 100),
        "customsDocuments": ListOf(_CUSTOMS_DOCUMENT, 0, 50),
        "preCalculatedLineItemTotalValue": WHOLE_MONEY,
    }
)
_INVOICE = Record(
    {
        "number*": Text(1, 35),
        "date*": Text(1, 35, r"^\d{4}-\d\d-\d\d$"),
        "signatureName": Text(0, 35),
        "signatureTitle": Text(0, 35),
        "signatureImage": Text(0, 1_048_576),
        "instructions": ListOf(Text(1, 300), 1, 1),
        "customerDataTextEntries": ListOf(Text(0, 45), 1, 6),
        "totalNetWeight": WEIGHT,
        "totalGrossWeight": WEIGHT,
        "customerReferences": ListOf(Record({"typeCode*": _INVOICE_REFERENCES, "value*": Text(1, 35)}), 0, 100),
        "termsOfPayment": Text(),
        "indicativeCustomsValues": Record(
            {
                "importCustomsDutyValue": WHOLE_MONEY,
                "importTaxesValue": WHOLE_MONEY,
                "totalWithImportDutiesAndTaxes": WHOLE_MONEY,
            },
            closed=False,
        ),
        "preCalculatedTotalValues": Record(
            {"preCalculatedTotalGoodsValue*": WHOLE_MONEY, "preCalculatedTotalInvoiceValue*": WHOLE_MONEY}
        ),
    }
)
_CHARGES = one_of(
    "admin delivery documentation expedite export freight fuel_surcharge logistic other packaging pickup "
    "handling vat insurance reverse_charge"
)
EXPORT_DECLARATION = Record(
    {
        "lineItems*": ListOf(_LINE_ITEM, 1, 999),
        "invoice": _INVOICE,
        "remarks": ListOf(Record({"value*": Text()}), 0, 3),
        "additionalCharges": ListOf(
            Record({"value*": POSITIVE_WEIGHT, "caption": Text(), "typeCode*": _CHARGES}), 0, 5
        ),
        "destinationPortName": Text(),
        "placeOfIncoterm": Text(1, 256),
        "payerVATNumber": Text(),
        "recipientReference": Text(),
        "exporter": Record({"id": Text(), "code": Text()}),
        "packageMarks": Text(),
        "declarationNotes": ListOf(Record({"value*": Text(0, 700)}), 0, 3),
        "exportReference": Text(0, 40),
        "exportReason": Text(1, 30),
        "exportReasonType": _REASONS,
        "licenses": ListOf(Record({"typeCode*": one_of("export import"), "value*": Text(0, 16)}), 0, 2),
        "shipmentType": one_of("personal commercial"),
        "customsDocuments": ListOf(_CUSTOMS_DOCUMENT, 0, 50),
    }
)
_LABEL_BARCODE = Record(
    {
        "position*": one_of("left right"), "symbologyCode*": one_of("93 39 128"),
        "content*": Text(), "textBelowBarcode*": Text(),
    }
)  # fmt: skip
_LABEL_TEXT = Record(
    {"position*": one_of("left1 left2 left3 right1 right2 right3"), "caption*": Text(0, 20), "value*": Text(0, 40)}
)
_PACKAGE = Record(
    {
        "typeCode": BOX_TYPES,
        "weight*": POSITIVE_WEIGHT,
        "dimensions": SIZES,
        "customerReferences": ListOf(REFERENCE, 1, 99),
        "identifiers": ListOf(IDENTIFIER, 0, 3),
        "description": Text(1, 70),
        "labelBarcodes": ListOf(_LABEL_BARCODE, 0, 2),
        "labelText": ListOf(_LABEL_TEXT, 0, 6),
        "labelDescription": Text(1, 80),
        "referenceNumber": Number(1, 999),
    }
)
CONTENT = Record(
    {
        "packages*": ListOf(_PACKAGE, 1, 999),
        "areMorePackagesToBeAddedLater": Flag(),
        "isCustomsDeclarable*": Flag(),
        "declaredValue": MONEY,
        "declaredValueCurrency": CURRENCY,
        "exportDeclaration": EXPORT_DECLARATION,
        "description*": Text(1, 70, r"^[^\s]"),
        "USFilingTypeValue": Text(1, 20),
        "incoterm*": one_of("EXW FCA CPT CIP DPU DAP DDP FAS FOB CFR CIF DAF DAT DDU DEQ DES"),
        "unitOfMeasurement*": UNITS,
    }
)
_DANGEROUS = Record(
    {
        "contentId*": Text(1, 5),
        "dryIceTotalNetWeight": WEIGHT,
        "customDescription": Text(0, 200),
        "unCodes": ListOf(Text(1, 10), 1, 10),
    }
)
_SERVICE = Record(
    {
        "serviceCode*": Text(1, 6),
        "value": MONEY,
        "currency": CURRENCY,
        "method": Text(),
        "dangerousGoods": ListOf(_DANGEROUS, 0, 1),
    }
)
_IMAGE = Record(
    {
        "typeCode*": one_of("label waybillDoc invoice qr-code shipmentReceipt"),
        "templateName": Text(0, 25),
        "isRequested": Flag(),
        "hideAccountNumber": Flag(),
        "numberOfCopies": Number(1, 2),
        "invoiceType": one_of("commercial proforma returns"),
        "languageCode": Text(3, 3),
        "languageCountryCode": COUNTRY,
        "languageScriptCode": Text(4, 4),
        "encodingFormat": one_of("png"),
        "renderDHLLogo": Flag(),
        "fitLabelsToA4": Flag(),
        "labelFreeText": Text(0, 150),
        "labelCustomerDataText": Text(1, 250),
        "shipmentReceiptCustomerDataText": Text(1, 700),
    }
)
_CUSTOMER_BARCODE = Record({"content*": Text(1, 25), "textBelowBarcode": Text(), "symbologyCode*": one_of("93 39 128")})
OUTPUT = Record(
    {
        "printerDPI": Number(200, 300),
        "customerBarcodes": ListOf(_CUSTOMER_BARCODE, 0, 1),
        "customerLogos": ListOf(
            Record({"fileFormat*": one_of("PNG GIF JPEG JPG"), "content*": Text(0, 1_048_576)}), 0, 1
        ),
        "encodingFormat": one_of("pdf zpl lp2 epl"),
        "imageOptions": ListOf(_IMAGE, 0, 20),
        "splitTransportAndWaybillDocLabels": Flag(),
        "allDocumentsInOneImage": Flag(),
        "splitDocumentsByPages": Flag(),
        "splitInvoiceAndReceipt": Flag(),
        "receiptAndLabelsInOneImage": Flag(),
    }
)
_PARTIES = (
    "buyerDetails", "importerDetails", "exporterDetails", "sellerDetails", "payerDetails", "manufacturerDetails",
    "ultimateConsigneeDetails", "brokerDetails",
)  # fmt: skip
_ON_DEMAND = Record({"deliveryOption*": one_of("servicepoint neighbour signatureRelease")}, closed=False)
_NOTIFICATION = Record(
    {
        "typeCode*": one_of("email"),
        "receiverId*": Text(1, 50),
        "languageCode": Text(3, 3),
        "languageCountryCode": COUNTRY,
        "bespokeMessage": Text(0, 250),
    }
)
_DOCUMENT_IMAGE = Record(
    {
        "typeCode": one_of("INV PNV COO CIN DCL AWB NAF"),
        "imageFormat": one_of("PDF PNG GIF TIFF JPEG"),
        "content*": Text(1),
    }
)
SHIPMENT = Record(
    {
        "plannedShippingDateAndTime*": WHEN,
        "pickup*": Record(
            {
                "isRequested*": Flag(),
                "closeTime": CLOCK_TIME,
                "location": Text(0, 80),
                "specialInstructions": INSTRUCTIONS,
                "pickupDetails": PARTY,
                "pickupRequestorDetails": PARTY,
            }
        ),
        "productCode*": Text(1, 6),
        "localProductCode": Text(1, 3),
        "getRateEstimates": Flag(),
        "accounts*": ListOf(ACCOUNT, 1, 3),
        "valueAddedServices": ListOf(_SERVICE, 0, 99),
        "outputImageProperties": OUTPUT,
        "customerReferences": ListOf(REFERENCE, 0, 999),
        "identifiers": ListOf(IDENTIFIER, 0, 5),
        "customerDetails*": Record(
            {"shipperDetails*": PARTY, "receiverDetails*": PARTY, **dict.fromkeys(_PARTIES, PARTY)}
        ),
        "content*": CONTENT,
        "documentImages": ListOf(_DOCUMENT_IMAGE, 1, 999),
        "onDemandDelivery": _ON_DEMAND,
        "requestOndemandDeliveryURL": Flag(),
        "shipmentNotification": ListOf(_NOTIFICATION, 0, 5),
        "prepaidCharges": ListOf(
            Record({"typeCode*": one_of("freight"), "currency*": CURRENCY, "value*": MONEY, "method*": one_of("cash")}),
            0,
            1,
        ),
        "getTransliteratedResponse": Flag(),
        "estimatedDeliveryDate": Record({"isRequested*": Flag(), "typeCode": one_of("QDDC QDDF")}),
        "getAdditionalInformation": ListOf(
            Record(
                {
                    "typeCode": one_of("pickupDetails optionalShipmentData barcodeInformation linkLabelsByPieces"),
                    "isRequested*": Flag(),
                }
            ),
            0,
            5,
        ),
        "parentShipment": Record({"productCode": Text(1, 1), "packagesCount": Number(1, whole=True)}),
    }
)
