// <landed-cost>: what a parcel really costs at the shopper's door, line by line. No dependencies, no innerHTML.
// Attributes: endpoint shop items country region postcode currency locale service. Event: landedcost:change.

// Before any language has arrived, only a failure needs words.
const WORDS = { failed: 'The total cost cannot be shown right now. You can still check out.', retry: 'Try again' };
const LANGUAGES = ['de', 'en', 'es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt'];
const ASKED = ['shop', 'country', 'region', 'postcode', 'currency', 'locale'];
const CHARGES = ['duty', 'additional_duty', 'excise', 'import_tax', 'fees'];
const TIMEOUT_MS = 8000;
const DEBOUNCE_MS = 150;

const STYLE = `
:host{display:block;font:var(--landed-cost-font,inherit);color:var(--landed-cost-color,inherit);
 --line:color-mix(in srgb,currentColor 18%,transparent);
 --soft:color-mix(in srgb,currentColor 76%,transparent);
 --fill:color-mix(in srgb,currentColor 5%,transparent);
 --accent:var(--landed-cost-accent,#1a8a4e)}
:host([hidden]){display:none}
*{box-sizing:border-box}
.box{border:1px solid var(--line);border-radius:var(--landed-cost-radius,12px);padding:1em 1.1em;
 background:var(--landed-cost-surface,transparent);line-height:1.45;overflow-wrap:anywhere}
.stale{opacity:.55}
header{display:flex;flex-wrap:wrap;gap:.4em .8em;align-items:center;justify-content:space-between;margin-block-end:.5em}
header p{font-weight:650;margin:0}
.badge{font-size:.8em;font-weight:600;padding:.15em .65em;border-radius:99px;border:1px solid var(--line)}
.ddp{background:color-mix(in srgb,var(--accent) 16%,transparent);border-color:color-mix(in srgb,var(--accent) 55%,transparent)}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th{font-weight:400;text-align:start}
th,td{padding:.3em 0;vertical-align:top}
td.money{text-align:end;white-space:nowrap;padding-inline-start:1em}
tfoot th,tfoot td{font-weight:700;font-size:1.08em}
tfoot tr:first-child>*{border-block-start:1px solid var(--line);padding-block-start:.55em}
tfoot .part>*{font-weight:400;font-size:.9em;color:var(--soft)}
p{margin:.5em 0 0;unicode-bidi:plaintext}
.box>p:first-child{margin:0}
small,.soft{font-size:.86em;color:var(--soft)}
.door{font-weight:600}
button,select{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:8px;padding:.4em .8em}
select{display:block;width:100%;margin-block:.2em .6em}
option{color:CanvasText;background:Canvas}
.why{font-size:.8em;padding:.3em .5em;margin-inline-start:.3em;border:0;color:var(--soft);text-decoration:underline dotted}
.reason{font-size:.86em;background:var(--fill);border-radius:8px;padding:.3em .75em;margin:0;list-style:none}
a{color:inherit}
ul{margin:0;padding-inline-start:1.2em}
li{margin-block:.3em}
:focus-visible{outline:2px solid currentColor;outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bar:first-child{width:60%}
.bar{height:.85em;border-radius:6px;background:var(--line);margin-block:.75em;animation:breathe 1.2s ease-in-out infinite alternate}
@keyframes breathe{to{opacity:.35}}
@media (prefers-reduced-motion:reduce){.bar{animation:none}}`;

/** Make an element; strings become text, never markup. */
const el = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value) node.setAttribute(key, value);
  }
  node.append(...children.filter(Boolean));
  return node;
};

/** Import a language; the browser keeps modules, so this loads each one once. */
const loadWords = (wanted) =>
  import(new URL(`words/${LANGUAGES.includes(wanted) ? wanted : 'en'}.js`, import.meta.url).href);

class LandedCost extends HTMLElement {
  static observedAttributes = [...ASKED, 'endpoint', 'items', 'service'];

  #words = WORDS;
  #answer = null;
  #chosen = '';
  #open = new Set();
  #request = null;
  #timer = 0;
  #live = el('p', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  #box = el('section', { class: 'box', part: 'box', tabindex: '-1', 'aria-labelledby': 'title' });

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#box, this.#live);
  }

  connectedCallback() {
    this.#later();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.isConnected || before === after) return;
    if (name === 'service' && this.#answer) this.#show();
    else this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), DEBOUNCE_MS);
  }

  async #ask() {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const current = () => this.#request === request;
    const timer = setTimeout(() => request.abort(), TIMEOUT_MS);
    const late = new Promise((_, reject) => request.signal.addEventListener('abort', reject));
    const words = loadWords(this.#locale.split('-')[0]).then((module) => {
      this.#words = module.default;
      this.#box.lang = this.#locale.startsWith(this.#words.lang) ? this.#locale : this.#words.lang;
      if (current() && this.#box.dataset.state === 'loading') this.#live.textContent = this.#text('loading');
    });
    this.#wait();
    try {
      const asked = this.getAttribute('country') ? this.#fetch(request.signal) : null;
      const [answer] = await Promise.race([Promise.all([asked, words]), late]);
      if (!current()) return;
      this.#answer = answer;
      if (answer) this.#show();
      else this.#say('choose');
    } catch {
      await Promise.race([words, late]).catch(() => null);
      // A newer request is under way: this one does not matter any more.
      if (!current()) return;
      this.#answer = null;
      this.#say('failed', true);
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(signal) {
    const body = { items: JSON.parse(this.getAttribute('items') || '[]') };
    for (const key of ASKED) {
      if (this.getAttribute(key)) body[key] = this.getAttribute(key);
    }
    // Text without a content type of its own needs no pre-flight: one round trip less at checkout.
    const options = { method: 'POST', body: JSON.stringify(body), signal, credentials: 'omit' };
    const response = await fetch(this.getAttribute('endpoint') || '/checkout/estimate', options);
    if (!response.ok) throw Error(response.status);
    return response.json();
  }

  get #locale() {
    const wanted = (this.getAttribute('locale') || document.documentElement.lang || 'en').replace('_', '-');
    try {
      return Intl.getCanonicalLocales(wanted)[0] || 'en';
    } catch {
      return 'en';
    }
  }

  #text(key, values = {}) {
    return (this.#words[key] ?? '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  }

  #country() {
    const code = this.getAttribute('country').toUpperCase();
    try {
      return new Intl.DisplayNames([this.#box.lang || this.#locale], { type: 'region' }).of(code);
    } catch {
      return code;
    }
  }

  #money(amount, currency) {
    // The decimal text goes in as it is: Intl knows each currency's digits, and no float comes in between.
    return new Intl.NumberFormat(this.#locale, { style: 'currency', currency }).format(amount);
  }

  #dates({ deliver_from: from, deliver_by: by }) {
    const format = new Intl.DateTimeFormat(this.#locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
    const [first, last] = [from ?? by, by ?? from].map((day) => new Date(`${day}T12:00:00Z`));
    return format.formatRange(first, last);
  }

  #paint(state, ...children) {
    const focused = this.shadowRoot.activeElement;
    const key = focused?.dataset.key;
    this.#box.dataset.state = state;
    this.#box.classList.remove('stale');
    this.#box.removeAttribute('aria-busy');
    this.#box.replaceChildren(...children.filter(Boolean));
    if (!focused) return;
    (this.#box.querySelector(`[data-key="${key}"]`) ?? this.#box).focus();
  }

  #wait() {
    // The old figures stay readable, but step back.
    if (this.#answer) this.#box.classList.add('stale');
    else this.#paint('loading', ...[0, 0, 0, 0].map(() => el('div', { class: 'bar' })));
    this.#box.setAttribute('aria-busy', 'true');
  }

  #say(key, retry = false) {
    const text = this.#text(key, { country: this.getAttribute('country') && this.#country() });
    const button = retry && el('button', { type: 'button', 'data-key': 'retry', onclick: () => this.#ask() }, this.#text('retry'));
    this.#paint(key, el('p', { id: 'title' }, text), button && el('p', {}, button));
    this.#live.textContent = text;
    this.#tell(null);
  }

  #show() {
    const { options } = this.#answer;
    if (!options.length) return this.#say('undeliverable');
    const code = this.getAttribute('service') || this.#chosen;
    const option = options.find((one) => one.service_code === code) ?? options[0];
    this.#paint('ready', this.#header(option), this.#services(option), this.#table(option), ...this.#notes(option));
    this.#live.textContent = `${this.#text('total')}: ${this.#box.querySelector('tfoot td').textContent}. ${this.#door(option)}`;
    this.#tell(option);
  }

  #tell(option) {
    this.dispatchEvent(new CustomEvent('landedcost:change', { bubbles: true, composed: true, detail: option && { ...option, totals: option.breakdown } }));
  }

  #header({ incoterm }) {
    const terms = incoterm.toLowerCase();
    return el('header', {},
      el('p', { id: 'title' }, this.#text('title', { country: this.#country() })),
      el('span', { class: `badge ${terms}` }, `${incoterm} · ${this.#text(terms)}`));
  }

  #services(chosen) {
    const options = this.#answer.options;
    if (options.length < 2 || this.getAttribute('service')) return null;
    const choices = options.map((option) => el('option', { value: option.service_code, selected: option === chosen },
      `${this.#money(option.price, option.currency)} · ${option.service_name}`));
    const change = (event) => {
      this.#chosen = event.target.value;
      this.#show();
    };
    return el('label', {}, el('span', { class: 'soft' }, this.#text('service')), el('select', { onchange: change, 'data-key': 'service' }, ...choices));
  }

  #table(option) {
    const b = option.breakdown;
    const unknown = option.status === 'not_computable';
    const rows = ['goods', 'freight', 'insurance'].filter((key) => key !== 'insurance' || Number(b[key])).map((key) => this.#row(key, b[key], b));
    for (const key of CHARGES) {
      const lines = (b.lines ?? []).filter((line) => line.kind === (key === 'fees' ? 'fee' : key));
      if (Number(b[key]) || key === 'duty' || key === 'import_tax') rows.push(...this.#charge(key, unknown && !lines.length ? null : b[key], lines, b));
    }
    const total = [this.#row('total', unknown ? null : b.landed_cost, b)];
    if (option.incoterm === 'DAP' && option.pay_now) {
      total.push(this.#row('now', option.pay_now, b, 'part'), this.#row('door', option.pay_at_door, b, 'part'));
    }
    return el('table', { 'aria-labelledby': 'title' }, el('tbody', {}, ...rows), el('tfoot', {}, ...total));
  }

  #row(key, amount, { currency }, look = null, ...extra) {
    const shown = amount == null ? this.#text('unknown') : this.#money(amount, currency);
    return el('tr', { class: look, 'data-row': key },
      el('th', { scope: 'row' }, this.#text(key), ...extra), el('td', { class: 'money' }, el('bdi', {}, shown)));
  }

  #charge(key, amount, lines, b) {
    if (!lines.length) return [this.#row(key, amount, b)];
    const open = this.#open.has(key);
    const reason = el('tr', { hidden: !open, id: `why-${key}` }, el('td', { colspan: '2' },
      el('ul', { class: 'reason', role: 'list' }, ...lines.map((line) => this.#reason(line)))));
    const toggle = (event) => {
      reason.hidden = !reason.hidden;
      event.target.setAttribute('aria-expanded', String(!reason.hidden));
      this.#open[reason.hidden ? 'delete' : 'add'](key);
    };
    const button = el('button', {
      type: 'button', class: 'why', 'data-key': `why-${key}`, 'aria-controls': `why-${key}`, 'aria-expanded': String(open),
      'aria-label': `${this.#text('why')} ${this.#text(key)}`, onclick: toggle,
    }, this.#text('why'));
    const guess = lines.some((line) => line.confidence !== 'verified') && el('small', {}, ` (${this.#text('estimate')})`);
    return [this.#row(key, amount, b, null, guess, button), reason];
  }

  #reason(line) {
    const [, amount, currency] = /^(-?[\d.]+) ([A-Z]{3})$/.exec(line.base) ?? [];
    const base = amount ? this.#money(amount, currency) : line.base;
    const result = this.#money(line.amount, line.currency);
    // Only a percentage multiplies, and only within one currency: flat and mixed rates are named beside their base.
    const same = currency === line.currency ? '=' : '→';
    const sum = /^[\d.]+%$/.test(line.rate) ? `${base} × ${line.rate} ${same} ${result}` : `${line.rate} (${base}) → ${result}`;
    const safe = /^https?:\/\//.test(line.source_url);
    const source = line.source_title || line.source_url;
    const law = safe ? el('a', { href: line.source_url, target: '_blank', rel: 'noreferrer' }, source) : source;
    return el('li', { lang: 'en' }, el('div', {}, line.name), el('div', {}, el('bdi', {}, sum)),
      law && el('div', {}, `${this.#text('law')}: `, law));
  }

  #door(option) {
    const due = option.incoterm === 'DDP' ? 0 : option.pay_at_door;
    if (due === null) return this.#text('askUnknown');
    return Number(due) ? this.#text('ask', { amount: this.#money(due, option.currency) }) : this.#text('nothing');
  }

  #notes(option) {
    const { warnings = [], band } = option.breakdown;
    return [
      el('p', { class: 'door' }, this.#door(option)),
      // A code that nobody has decided yet: paid ahead the price stays, at the door it may be any sum between.
      band && el('p', {}, this.#text(`band${option.incoterm}`, { low: this.#money(band.low, option.currency), high: this.#money(band.high, option.currency) })),
      (option.deliver_from || option.deliver_by) && el('p', { class: 'soft' }, this.#text('arrives', { dates: this.#dates(option) })),
      ...(this.#answer.messages ?? []).map(({ code }) => this.#words[code] && el('p', { class: 'soft' }, this.#text(code))),
      warnings[0] && el('details', { class: 'soft' }, el('summary', { 'data-key': 'caution' }, this.#text('caution')),
        el('ul', { lang: 'en' }, ...warnings.map((warning) => el('li', {}, warning)))),
    ];
  }
}

if (!customElements.get('landed-cost')) customElements.define('landed-cost', LandedCost);
