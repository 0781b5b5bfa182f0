// What every target shows: the charges, who pays them and when, and on request why.
import type { Breakdown, Charge } from './breakdown';
import { sum } from './breakdown';

/** The two things of Shopify's i18n API that are needed here; checkout and customer account both have them. */
export interface Words {
  translate(key: string, values?: Record<string, string>): string;
  formatCurrency(value: number, options?: Intl.NumberFormatOptions): string;
}

interface Props {
  readonly breakdown: Breakdown;
  readonly words: Words;
  /** Goods and freight too, and the total: where nothing else on the page shows them together. */
  readonly whole: boolean;
}

export function BreakdownView({ breakdown, words, whole }: Props) {
  // A number is made only here, to be written in the shopper's way; nothing is computed with it.
  const money = (text: string) => words.formatCurrency(Number(text), { currency: breakdown.currency });
  const rows: Array<[string, string | null]> = breakdown.totals.map((one) => [one.kind, one.amount]);
  if (whole) rows.unshift(['goods', breakdown.goods], ['freight', breakdown.freight]);
  return (
    <s-stack gap="small-200">
      {rows.map(([key, value]) => value !== null && <Row key={key} name={words.translate(key)} value={money(value)} />)}
      {whole && breakdown.known && breakdown.landedCost !== null && (
        <Row name={words.translate('total')} value={money(breakdown.landedCost)} strong />
      )}
      <s-text color="subdued">{promise(breakdown, words, money)}</s-text>
      {breakdown.charges.length > 0 && <Reasons charges={breakdown.charges} words={words} money={money} />}
      {breakdown.warnings.map((warning) => (
        <s-text key={warning} type="small" color="subdued">
          {warning}
        </s-text>
      ))}
    </s-stack>
  );
}

function promise(breakdown: Breakdown, words: Words, money: (text: string) => string): string {
  if (!breakdown.known) return words.translate('unknown');
  if (breakdown.totals.length === 0) return words.translate('nothing_due');
  if (breakdown.prepaid) return words.translate('prepaid');
  return words.translate('at_the_door', { amount: money(sum(breakdown.totals.map((one) => one.amount))) });
}

function Row({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  const type = strong ? 'strong' : 'generic';
  return (
    <s-stack direction="inline" justifyContent="space-between" gap="base">
      <s-text type={type}>{name}</s-text>
      <s-text type={type}>{value}</s-text>
    </s-stack>
  );
}

interface ReasonsProps {
  readonly charges: readonly Charge[];
  readonly words: Words;
  readonly money: (text: string) => string;
}

function Reasons({ charges, words, money }: ReasonsProps) {
  return (
    <s-details>
      <s-summary>{words.translate('why')}</s-summary>
      <s-stack gap="small-300">
        {charges.map((charge, position) => (
          <s-text key={position} type="small">
            {charge.name}: {money(charge.amount)} ({charge.why}){' '}
            {charge.sourceUrl && (
              <s-link href={charge.sourceUrl} target="_blank">
                {charge.source || words.translate('source')}
              </s-link>
            )}
          </s-text>
        ))}
      </s-stack>
    </s-details>
  );
}
