// Explains each charge of ShipSmart below the totals of VTEX's checkout, and lets the shopper choose who pays duties.
// Loaded by the block in Admin > Checkout > Code. No dependency; writes to the order form on a click only, never while
// a cart is being taxed: that would make VTEX ask for the taxes again, without end.
(() => {
  "use strict";
  const APP = "shipsmart";
  const ID = "shipsmart-charges";
  const ANCHORS = [".summary-template-holder .totalizers-list", ".totalizers-list", ".summary-template-holder",
    ".cart-template .summary", ".checkout-container", "main", "body"];
  const own = document.currentScript;
  const choice = Boolean(own && own.dataset.choice === "true");
  // Where the merchant leaves the choice, by country: asked of the app once for each, none while it does not answer.
  const terms = (own && own.dataset.terms) || "";
  const left = {};

  // The names under which the tax service answers, in every language it has.
  const KINDS = {
    "Customs duty": "duty", "Imposto de importação": "duty", "Arancel": "duty", "Zoll": "duty", "Droits de douane": "duty",
    "Additional duty": "additional", "Imposto adicional": "additional", "Arancel adicional": "additional",
    "Zusatzzoll": "additional", "Droits additionnels": "additional",
    "Excise duty": "excise", "Imposto seletivo": "excise", "Impuesto especial": "excise", "Verbrauchsteuer": "excise",
    "Accises": "excise",
    "Import tax": "tax", "Tributos de importação": "tax", "Impuesto de importación": "tax",
    "Einfuhrumsatzsteuer": "tax", "Taxe sur les importations": "tax",
    "Import fees": "fee", "Taxas de importação": "fee", "Gastos de importación": "fee", "Einfuhrgebühren": "fee",
    "Frais de douane": "fee",
  };
  const WORDS = {
    en: {
      title: "Duties and taxes of your order",
      duty: "Charged by customs of your country on these goods; set by their kind and where they were made.",
      additional: "An extra duty that your country charges on goods of this origin.",
      excise: "Charged on goods such as alcohol or tobacco.",
      tax: "The tax of your country on goods that come from abroad (VAT or the like).",
      fee: "What it costs to clear the parcel through customs.",
      paid: "All of it is paid now: nothing is due at the door.",
      due: "Not included: duties and taxes are collected at the door, with the carrier's own fee.",
      who: "Who pays duties and taxes?", DDP: "Pay them now (nothing due at the door)", DAP: "Pay them on delivery",
      firm: "For this order they are due with the purchase: they cannot wait for the delivery.",
    },
    pt: {
      title: "Tributos do seu pedido",
      duty: "Cobrado pela alfândega do seu país sobre estes produtos, conforme o tipo e o lugar de fabricação.",
      additional: "Um tributo extra que o seu país cobra de produtos desta origem.",
      excise: "Cobrado de produtos como bebidas ou tabaco.",
      tax: "Os impostos do seu país sobre produtos que vêm de fora.",
      fee: "O custo do desembaraço do pacote na alfândega.",
      paid: "Tudo é pago agora: nada a pagar na entrega.",
      due: "Não incluído: os tributos são cobrados na entrega, com a taxa da transportadora.",
      who: "Quem paga os tributos?", DDP: "Pagar agora (nada na entrega)", DAP: "Pagar na entrega",
      firm: "Neste pedido eles são devidos na compra: não podem ficar para a entrega.",
    },
    es: {
      title: "Derechos e impuestos de su pedido",
      duty: "Lo cobra la aduana de su país por estos productos, según su tipo y dónde se fabricaron.",
      additional: "Un derecho adicional que su país cobra a los productos de este origen.",
      excise: "Se cobra por productos como alcohol o tabaco.",
      tax: "El impuesto de su país sobre los productos que vienen del extranjero (IVA o similar).",
      fee: "Lo que cuesta despachar el paquete en la aduana.",
      paid: "Todo se paga ahora: nada que pagar en la puerta.",
      due: "No incluido: los derechos e impuestos se cobran en la entrega, con el cargo del transportista.",
      who: "¿Quién paga los derechos e impuestos?", DDP: "Pagarlos ahora (nada en la puerta)", DAP: "Pagarlos en la entrega",
      firm: "En este pedido se deben con la compra: no pueden esperar a la entrega.",
    },
  };

  const orderForm = () => (window.vtexjs && window.vtexjs.checkout && window.vtexjs.checkout.orderForm) || null;

  function words(form) {
    const preferred = (form.clientPreferencesData && form.clientPreferencesData.locale) || document.documentElement.lang || "en";
    return WORDS[preferred.slice(0, 2).toLowerCase()] || WORDS.en;
  }

  function money(form, cents) {
    const currency = (form.storePreferencesData && form.storePreferencesData.currencyCode) || "";
    try {
      return new Intl.NumberFormat(document.documentElement.lang || undefined, {style: "currency", currency}).format(cents / 100);
    } catch {
      return `${(cents / 100).toFixed(2)} ${currency}`.trim();
    }
  }

  function chosen(form) {
    const apps = (form.customData && form.customData.customApps) || [];
    const fields = (apps.find((app) => app.id === APP) || {}).fields || {};
    return fields.incoterm === "DAP" ? "DAP" : "DDP";
  }

  function mayChoose(country) {
    if (!choice || !country) return false;
    if (!terms) return true;
    if (!(country in left)) {
      left[country] = false;
      fetch(`${terms}/${encodeURIComponent(country)}`)
        .then((answer) => (answer.ok ? answer.json() : {both: false}))
        .then((told) => { left[country] = told.both === true; if (left[country]) show(); })
        .catch(() => { delete left[country]; });
    }
    return left[country];
  }

  async function choose(value) {
    const form = orderForm();
    const checkout = window.vtexjs.checkout;
    if (typeof checkout.setCustomData === "function") {
      await checkout.setCustomData({app: APP, field: "incoterm", value});
      return;
    }
    await fetch(`/api/checkout/pub/orderForm/${encodeURIComponent(form.orderFormId)}/customData/${APP}/incoterm`, {
      method: "PUT", headers: {"Content-Type": "application/json"}, body: JSON.stringify({value}),
    });
    if (typeof checkout.getOrderForm === "function") await checkout.getOrderForm();
  }

  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  function question(form, w) {
    const set = element("fieldset", "", {style: "border:0;margin:.5em 0 0;padding:0"});
    set.append(element("legend", w.who, {style: "font-weight:600;padding:0"}));
    for (const value of ["DDP", "DAP"]) {
      const label = element("label", "", {style: "display:block;padding:.35em 0;cursor:pointer"});
      const input = element("input", "", {type: "radio", name: `${ID}-terms`, value,
        style: "display:inline-block;width:auto;margin:0 .5em 0 0;vertical-align:middle"});
      input.checked = chosen(form) === value;
      input.addEventListener("change", () => {
        set.disabled = true;
        choose(value).catch(() => show());
      });
      label.append(input, document.createTextNode(w[value]));
      set.append(label);
    }
    return set;
  }

  function content(form, charges, open) {
    const w = words(form);
    const box = element("section", "", {id: ID, "aria-label": w.title, style: "margin:1em 0;font-size:.9em;line-height:1.4;clear:both"});
    box.append(element("h3", w.title, {style: "font-size:1em;margin:0 0 .25em"}));
    for (const row of charges) {
      const line = element("p", "", {style: "margin:.25em 0"});
      line.append(element("b", `${row.name}: ${money(form, row.value)}`), document.createTextNode(` ${w[KINDS[row.name]]}`));
      box.append(line);
    }
    const status = element("p", charges.length ? w.paid : w.due, {role: "status", style: "margin:.25em 0"});
    box.append(status);
    // Who asked for the other terms and is charged all the same is told so: a tax of the sale leaves no choice.
    if (open && charges.length && chosen(form) === "DAP") box.append(element("p", w.firm, {style: "margin:.25em 0"}));
    else if (open) box.append(question(form, w));
    return box;
  }

  function show() {
    const form = orderForm();
    const before = document.getElementById(ID);
    const address = form && form.shippingData && form.shippingData.address;
    const charges = ((form && form.totalizers) || []).filter((row) => row.id === "CustomTax" && row.name in KINDS);
    const open = mayChoose(address && address.country);
    const asked = open && form && chosen(form) === "DAP";
    if (!form || !address || !(charges.length || asked)) {
      if (before) before.remove();
      return;
    }
    const focused = before && before.contains(document.activeElement) ? document.activeElement.value : "";
    const box = content(form, charges, open);
    if (before) {
      before.replaceWith(box);
    } else {
      const anchor = ANCHORS.map((one) => document.querySelector(one)).find(Boolean);
      if (anchor.matches(".totalizers-list")) anchor.after(box);
      else anchor.append(box);
    }
    const again = focused && box.querySelector(`input[value="${focused}"]`);
    if (again) again.focus();
  }

  function start() {
    const $ = window.$ || window.jQuery;
    if (typeof $ === "function") $(window).on("orderFormUpdated.vtex", show);
    show();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
