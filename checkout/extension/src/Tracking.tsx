// Under each fulfilment of the order-status page: where its parcel is, over all carriers of its way.
import '@shopify/ui-extensions/preact';
import type { Api } from '@shopify/ui-extensions/customer-account.order-status.fulfillment-details.render-after';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask } from './asking';
import type { Parcel } from './parcels';
import { parcelsOf, readParcels } from './parcels';

declare const shopify: Api;

export default async function extension(): Promise<void> {
  render(<Tracking />, document.body);
}

function Tracking() {
  const orderId = shopify.order.value?.id ?? '';
  const confirmation = shopify.order.value?.confirmationNumber ?? '';
  const [parcels, setParcels] = useState<readonly Parcel[]>([]);
  useEffect(() => {
    let current = true;
    where(orderId, confirmation).then(
      (found) => current && setParcels(found),
      // Nothing sent yet, or an app that does not answer: Shopify's own tracking stands there.
      (error: unknown) => console.warn('ShipSmart: no parcels for this order', error),
    );
    return () => {
      current = false;
    };
  }, [orderId, confirmation]);
  const shown = parcelsOf(shopify.fulfillmentId, parcels);
  if (shown.length === 0) return null;
  return (
    <s-stack gap="base">
      {shown.map((parcel) => (
        <ParcelView key={parcel.waybill} parcel={parcel} />
      ))}
    </s-stack>
  );
}

function ParcelView({ parcel }: { readonly parcel: Parcel }) {
  const words = shopify.i18n;
  return (
    <s-stack gap="small">
      <s-text type="strong">{parcel.status}</s-text>
      <s-text>{parcel.next}</s-text>
      <s-text color="subdued">{`${parcel.carrier} ${parcel.waybill}`}</s-text>
      {parcel.dutiesPaid && <s-text>{words.translate('prepaid')}</s-text>}
      {parcel.url && (
        <s-link href={parcel.url} target="_blank">
          {words.translate('follow')}
        </s-link>
      )}
    </s-stack>
  );
}

async function where(orderId: string, confirmation: string): Promise<readonly Parcel[]> {
  if (!orderId || !confirmation) return [];
  return readParcels(await ask('track', { order_id: orderId, confirmation_number: confirmation }, shopify.sessionToken));
}
