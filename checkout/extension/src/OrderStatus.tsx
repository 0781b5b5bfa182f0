// On the order-status page: the landed cost as it was promised, asked for at the app, which knows the order's quote.
import '@shopify/ui-extensions/preact';
import type { Api } from '@shopify/ui-extensions/customer-account.order-status.block.render';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask } from './asking';
import { BreakdownView } from './BreakdownView';
import type { Breakdown } from './breakdown';
import { QUOTE_ATTRIBUTE, readBreakdown } from './breakdown';

declare const shopify: Api;

export default async function extension(): Promise<void> {
  render(<OrderStatus />, document.body);
}

function OrderStatus() {
  const order = shopify.order.value;
  const quoteId = shopify.attributes.value?.find((one) => one.key === QUOTE_ATTRIBUTE)?.value ?? '';
  const [breakdown, setBreakdown] = useState<Breakdown | null>(null);
  const orderId = order?.id ?? '';
  const confirmation = order?.confirmationNumber ?? '';
  useEffect(() => {
    let current = true;
    promised(orderId, confirmation, quoteId).then(
      (found) => current && setBreakdown(found),
      // An order that was never quoted, or an app that does not answer: the page stands without this block.
      (error: unknown) => console.warn('ShipSmart: no landed cost for this order', error),
    );
    return () => {
      current = false;
    };
  }, [orderId, confirmation, quoteId]);
  if (!breakdown) return null;
  return (
    <s-section heading={shopify.i18n.translate('title')}>
      <BreakdownView breakdown={breakdown} words={shopify.i18n} whole />
    </s-section>
  );
}

async function promised(orderId: string, confirmation: string, quoteId: string): Promise<Breakdown | null> {
  if (!orderId && !quoteId) return null;
  const said = { order_id: orderId, confirmation_number: confirmation, quote_id: quoteId };
  return readBreakdown(await ask('quote', said, shopify.sessionToken));
}
