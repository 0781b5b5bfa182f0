// Among the actions of an order in the customer account: opens the page on which a return is asked for.
import '@shopify/ui-extensions/preact';
import type { Api } from '@shopify/ui-extensions/customer-account.order.action.menu-item.render';
import { render } from 'preact';

declare const shopify: Api;

export default async function extension(): Promise<void> {
  render(<s-button>{shopify.i18n.translate('return_title')}</s-button>, document.body);
}
