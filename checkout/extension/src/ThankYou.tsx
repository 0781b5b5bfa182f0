// On the thank-you page: the whole landed cost of what was just bought, from the rates that were chosen.
import '@shopify/ui-extensions/preact';
import type { Api } from '@shopify/ui-extensions/purchase.thank-you.block.render';
import { render } from 'preact';
import { BreakdownView } from './BreakdownView';
import type { Breakdown } from './breakdown';
import { metafield, parseBreakdown } from './breakdown';

declare const shopify: Api;

export default async function extension(): Promise<void> {
  render(<ThankYou />, document.body);
}

/** Return the breakdown of each chosen rate; a cart from several origins has one for each. */
function chosen(): Breakdown[] {
  return shopify.deliveryGroups.value.flatMap((group) => {
    const option = group.deliveryOptions.find((one) => one.handle === group.selectedDeliveryOption?.handle);
    const breakdown = parseBreakdown(metafield(option?.metafields, 'breakdown'));
    return breakdown ? [breakdown] : [];
  });
}

function ThankYou() {
  const breakdowns = chosen();
  if (breakdowns.length === 0) return null;
  return (
    <s-section heading={shopify.i18n.translate('title')}>
      {breakdowns.map((breakdown, position) => (
        <BreakdownView key={position} breakdown={breakdown} words={shopify.i18n} whole />
      ))}
    </s-section>
  );
}
