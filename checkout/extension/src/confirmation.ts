// The confirmation number of an order, read as the logged-in shopper: it proves to the app whose order it is.

const CUSTOMER_API = 'shopify://customer-account/api/2026-07/graphql.json';
const QUERY = 'query Confirmation($id: ID!) { order(id: $id) { confirmationNumber } }';

/** Return the number, "" when the shopper has no such order. Throws when Shopify does not answer. */
export async function confirmationOf(orderId: string): Promise<string> {
  const answer = await fetch(CUSTOMER_API, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { id: orderId } }),
  });
  if (!answer.ok) throw new Error(`Shopify answered ${answer.status}`);
  const said = (await answer.json()) as { data?: { order?: { confirmationNumber?: string | null } | null } | null };
  return said.data?.order?.confirmationNumber ?? '';
}
