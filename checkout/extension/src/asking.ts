// How the customer-account extensions ask the app: with their session token and what only the order's shopper has.
declare const process: { env: { APP_URL: string } };

const TIMEOUT_MS = 8000;

interface Session {
  readonly get: () => Promise<string>;
}

/** The app answered, but not with what was asked for. */
export class NotAnswered extends Error {
  constructor(readonly status: number) {
    super(`the app answered ${status}`);
  }
}

/** Return the app's answer, null when it knows nothing of the order. Throws when the app does not answer. */
export async function ask(path: string, said: Readonly<Record<string, unknown>>, session: Session): Promise<unknown> {
  const answer = await fetch(`${process.env.APP_URL}/shopify/ext/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await session.get()}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(said),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new NotAnswered(answer.status);
  return answer.json();
}
