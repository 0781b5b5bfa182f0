// What of an order may come back, as the app tells it, and the shopper's wish to send it back. Pure.

export interface ReturnableLine {
  readonly line: string;
  readonly title: string;
  readonly quantity: number;
}

/** A return that was asked for before. `state` is one of the app's words; unknown ones are shown as on their way. */
export interface AskedReturn {
  readonly number: string;
  readonly state: string;
  readonly note: string;
}

export interface Returnable {
  readonly lines: readonly ReturnableLine[];
  readonly reasons: readonly string[];
  readonly returns: readonly AskedReturn[];
}

/** What the shopper filled in for one line. */
export interface Wish {
  readonly quantity: number;
  readonly reason: string;
}

type Values = Readonly<Record<string, unknown>>;

const STATES = ['requested', 'approved', 'declined'];
const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const rows = (value: unknown): readonly Values[] => (Array.isArray(value) ? value.filter(isValues) : []);

export function readReturnable(said: unknown): Returnable | null {
  if (!isValues(said)) return null;
  const lines = rows(said.lines).flatMap((row) => {
    const quantity = Number.isInteger(row.quantity) ? Number(row.quantity) : 0;
    return text(row.line) && quantity > 0 ? [{ line: text(row.line), title: text(row.title), quantity }] : [];
  });
  const reasons = Array.isArray(said.reasons) ? said.reasons.map(text).filter(Boolean) : [];
  const returns = rows(said.returns).map((row) => ({
    number: text(row.number),
    state: STATES.includes(text(row.state)) ? text(row.state) : 'under_way',
    note: text(row.note),
  }));
  return { lines, reasons, returns };
}

/** Return a typed number of units as what may be sent: whole, from nothing to what may come back. */
export function units(typed: string, most: number): number {
  const number = /^\d{1,6}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  return Math.min(number, most);
}

/** Return the lines of the wish: those with units. The shopper's note goes with each. */
export function wished(wishes: Readonly<Record<string, Wish>>, note: string): ReadonlyArray<Readonly<Record<string, unknown>>> {
  return Object.entries(wishes).flatMap(([line, one]) =>
    one.quantity > 0 ? [{ line, quantity: one.quantity, reason: one.reason, note: note.trim().slice(0, 250) }] : [],
  );
}
