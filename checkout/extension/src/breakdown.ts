// The landed cost as the rate callback wrote it into a rate's metafields. Pure: amounts stay decimal texts.

export const QUOTE_ATTRIBUTE = '_shipsmart_quote_id';

const CHARGES = ['duty', 'additional_duty', 'excise', 'import_tax', 'fees'] as const;
const DECIMAL = /^-?\d+(\.\d+)?$/;

export type Kind = (typeof CHARGES)[number];

export interface Metafield {
  readonly namespace: string;
  readonly key: string;
  readonly value: unknown;
}

/** One charge with its reason; `why` says rate and base. */
export interface Charge {
  readonly name: string;
  readonly amount: string;
  readonly why: string;
  readonly source: string;
  readonly sourceUrl: string;
}

/** Null amounts are unknown, which is not the same as nothing to pay. */
export interface Breakdown {
  readonly currency: string;
  readonly prepaid: boolean;
  readonly known: boolean;
  readonly goods: string | null;
  readonly freight: string | null;
  readonly landedCost: string | null;
  readonly totals: ReadonlyArray<{ readonly kind: Kind; readonly amount: string }>;
  readonly charges: readonly Charge[];
  readonly warnings: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const amount = (value: unknown): string | null => (DECIMAL.test(text(value)) ? text(value) : null);
const isZero = (value: string): boolean => !/[1-9]/.test(value);

/** Shopify tells an app's own namespace as `$app:name`; older stores as `app--<number>--name`. */
export function metafield(fields: readonly Metafield[] | undefined, key: string): string {
  const found = fields?.find((one) => one.key === key && /(^|[:-])landed_cost$/.test(one.namespace));
  return text(found?.value);
}

/** Return the breakdown in a JSON text, or null when there is none: a rate of somebody else's has none. */
export function parseBreakdown(json: string): Breakdown | null {
  try {
    return readBreakdown(JSON.parse(json));
  } catch {
    return null;
  }
}

export function readBreakdown(said: unknown): Breakdown | null {
  if (!isValues(said) || !text(said.currency)) return null;
  const totals = CHARGES.flatMap((kind) => {
    const value = amount(said[kind]);
    return value === null || isZero(value) ? [] : [{ kind, amount: value }];
  });
  return {
    currency: text(said.currency),
    prepaid: said.incoterm === 'DDP',
    known: said.status !== 'not_computable',
    goods: amount(said.goods),
    freight: amount(said.freight),
    landedCost: amount(said.landed_cost),
    totals,
    charges: list(said.lines).filter(isValues).flatMap(readCharge),
    warnings: list(said.warnings).map(text).filter(Boolean),
  };
}

function readCharge(row: Values): Charge[] {
  const value = amount(row.amount);
  if (value === null) return [];
  const url = text(row.source_url);
  return [
    {
      name: text(row.name),
      amount: value,
      why: text(row.why),
      source: text(row.source_title),
      sourceUrl: url.startsWith('https://') ? url : '',
    },
  ];
}

/** Return the sum of decimal texts, exactly: in whole units of the finest digit that any of them has. */
export function sum(amounts: readonly string[]): string {
  const digits = Math.max(0, ...amounts.map((one) => one.split('.')[1]?.length ?? 0));
  const whole = amounts.reduce((total, one) => {
    const [before = '0', after = ''] = one.split('.');
    return total + BigInt(before + after.padEnd(digits, '0'));
  }, 0n);
  const shown = whole.toString().replace('-', '').padStart(digits + 1, '0');
  const sign = whole < 0n ? '-' : '';
  return digits ? `${sign}${shown.slice(0, -digits)}.${shown.slice(-digits)}` : `${sign}${shown}`;
}
