// A return asked for from the customer account: which units, why. The merchant still has to agree.
import '@shopify/ui-extensions/preact';
import type { Api } from '@shopify/ui-extensions/customer-account.order.action.render';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask, NotAnswered } from './asking';
import { confirmationOf } from './confirmation';
import type { Returnable, ReturnableLine, Wish } from './returns';
import { readReturnable, units, wished } from './returns';

declare const shopify: Api;

type Proof = Readonly<Record<'order_id' | 'confirmation_number', string>>;
type Phase = 'loading' | 'choosing' | 'sending' | 'sent' | 'nothing' | 'failed';

export default async function extension(): Promise<void> {
  render(<ReturnRequest />, document.body);
}

function ReturnRequest() {
  const words = shopify.i18n;
  const [phase, setPhase] = useState<Phase>('loading');
  const [proof, setProof] = useState<Proof | null>(null);
  const [offered, setOffered] = useState<Returnable | null>(null);
  const [wishes, setWishes] = useState<Readonly<Record<string, Wish>>>({});
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState('');
  // The same for every press of the button: however often it is pressed, it is one return.
  const [key] = useState(() => crypto.randomUUID());

  useEffect(() => {
    let current = true;
    offer().then(
      ([found, known]) => {
        if (!current) return;
        setProof(known);
        setOffered(found);
        setPhase(found && found.lines.length > 0 ? 'choosing' : 'nothing');
      },
      (error: unknown) => {
        console.warn('ShipSmart: no returns for this order now', error);
        if (current) setPhase('failed');
      },
    );
    return () => {
      current = false;
    };
  }, []);

  async function send(): Promise<void> {
    const lines = wished(wishes, note);
    if (lines.length === 0) return setProblem(words.translate('return_none'));
    setProblem('');
    setPhase('sending');
    try {
      const answer = await ask('return', { ...proof, key, lines }, shopify.sessionToken);
      setPhase(answer === null ? 'failed' : 'sent');
    } catch (error) {
      console.warn('ShipSmart: the return was not taken', error);
      const refused = error instanceof NotAnswered && error.status < 500;
      setProblem(words.translate(refused ? 'return_refused' : 'return_failed'));
      setPhase('choosing');
    }
  }

  return (
    <s-customer-account-action heading={words.translate('return_title')}>
      {phase === 'loading' && <s-spinner accessibilityLabel={words.translate('return_loading')} />}
      {phase === 'failed' && <s-banner tone="critical">{words.translate('return_failed')}</s-banner>}
      {phase === 'sent' && <s-banner tone="success">{words.translate('return_sent')}</s-banner>}
      {phase === 'nothing' && <s-text>{words.translate('return_nothing')}</s-text>}
      {offered && phase !== 'sent' && <Asked offered={offered} />}
      {offered && (phase === 'choosing' || phase === 'sending') && (
        <s-stack gap="base">
          {problem && <s-banner tone="critical">{problem}</s-banner>}
          {offered.lines.map((row) => (
            <Line
              key={row.line}
              row={row}
              reasons={offered.reasons}
              wish={wishes[row.line] ?? { quantity: 0, reason: offered.reasons[0] ?? 'other' }}
              change={(wish) => setWishes({ ...wishes, [row.line]: wish })}
            />
          ))}
          <s-text-area
            label={words.translate('return_note')}
            maxLength={250}
            value={note}
            onChange={(event) => setNote(typed(event))}
          />
        </s-stack>
      )}
      {(phase === 'choosing' || phase === 'sending') && (
        <s-button slot="primary-action" loading={phase === 'sending'} onClick={() => void send()}>
          {words.translate('return_send')}
        </s-button>
      )}
      <s-button slot="secondary-actions" onClick={() => shopify.close()}>
        {words.translate('return_close')}
      </s-button>
    </s-customer-account-action>
  );
}

interface LineProps {
  readonly row: ReturnableLine;
  readonly reasons: readonly string[];
  readonly wish: Wish;
  readonly change: (wish: Wish) => void;
}

function Line({ row, reasons, wish, change }: LineProps) {
  const words = shopify.i18n;
  return (
    <s-stack gap="small-200">
      <s-text type="strong">{row.title}</s-text>
      <s-number-field
        label={words.translate('return_units', { most: String(row.quantity) })}
        min={0}
        max={row.quantity}
        value={String(wish.quantity)}
        onChange={(event) => change({ ...wish, quantity: units(typed(event), row.quantity) })}
      />
      {wish.quantity > 0 && (
        <s-select
          label={words.translate('return_reason')}
          value={wish.reason}
          onChange={(event) => change({ ...wish, reason: typed(event) || wish.reason })}
        >
          {reasons.map((reason) => (
            <s-option key={reason} value={reason}>
              {words.translate(`reason_${reason}`)}
            </s-option>
          ))}
        </s-select>
      )}
    </s-stack>
  );
}

/** What was asked for before, and what became of it. */
function Asked({ offered }: { readonly offered: Returnable }) {
  const words = shopify.i18n;
  return (
    <>
      {offered.returns.map((one) => (
        <s-text key={one.number} color="subdued">
          {`${one.number}: ${words.translate(`return_state_${one.state}`)}${one.note && ` (${one.note})`}`}
        </s-text>
      ))}
    </>
  );
}

/** Return what a field holds; each of Shopify's fields tells it as its value. */
function typed(event: Event): string {
  return (event.currentTarget as { readonly value?: string } | null)?.value ?? '';
}

async function offer(): Promise<readonly [Returnable | null, Proof]> {
  const proof = { order_id: shopify.orderId, confirmation_number: await confirmationOf(shopify.orderId) };
  return [readReturnable(await ask('returnable', proof, shopify.sessionToken)), proof];
}
