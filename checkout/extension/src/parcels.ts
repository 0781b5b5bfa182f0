// The parcels of an order as the app tells them. Pure.

export interface Parcel {
  readonly fulfilment: string;
  readonly carrier: string;
  readonly waybill: string;
  readonly url: string;
  readonly status: string;
  readonly next: string;
  readonly dutiesPaid: boolean;
}

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function readParcels(said: unknown): readonly Parcel[] {
  const rows = isValues(said) && Array.isArray(said.parcels) ? said.parcels.filter(isValues) : [];
  return rows.flatMap((row) => {
    const url = text(row.url);
    const parcel = {
      fulfilment: text(row.fulfilment),
      carrier: text(row.carrier),
      waybill: text(row.waybill),
      url: /^https?:\/\//.test(url) ? url : '',
      status: text(row.status),
      next: text(row.next),
      dutiesPaid: row.duties_paid === true,
    };
    return parcel.waybill && parcel.status ? [parcel] : [];
  });
}

/** Return the parcels of one fulfilment; its id comes with Shopify's prefix or without. */
export function parcelsOf(fulfilment: string, parcels: readonly Parcel[]): readonly Parcel[] {
  const number = fulfilment.split('/').at(-1);
  return parcels.filter((parcel) => parcel.fulfilment && parcel.fulfilment === number);
}
