// Under a way of delivery: what of its price is duty and tax. No call leaves the checkout: the rate carries it all.
import '@shopify/ui-extensions/preact';
import type { Api } from '@shopify/ui-extensions/purchase.checkout.shipping-option-item.details.render';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { BreakdownView } from './BreakdownView';
import { metafield, parseBreakdown, QUOTE_ATTRIBUTE } from './breakdown';

declare const shopify: Api;

export default async function extension(): Promise<void> {
  render(<ShippingOption />, document.body);
}

function ShippingOption() {
  const { metafields } = shopify.target.value;
  const quoteId = metafield(metafields, 'quote_id');
  const selected = shopify.isTargetSelected.value;
  useEffect(() => {
    if (selected && quoteId) void rememberQuote(quoteId);
  }, [selected, quoteId]);
  const breakdown = parseBreakdown(metafield(metafields, 'breakdown'));
  return breakdown && <BreakdownView breakdown={breakdown} words={shopify.i18n} whole={false} />;
}

/** Write the quote into the order, so that what was promised is found again; a shop that forbids it loses nothing. */
async function rememberQuote(quoteId: string): Promise<void> {
  if (!shopify.instructions.value.attributes.canUpdateAttributes) return;
  const known = shopify.attributes.value.some((one) => one.key === QUOTE_ATTRIBUTE && one.value === quoteId);
  if (known) return;
  const result = await shopify.applyAttributeChange({ type: 'updateAttribute', key: QUOTE_ATTRIBUTE, value: quoteId });
  if (result.type === 'error') console.warn(`ShipSmart: the quote was not noted: ${result.message}`);
}
