// Small helps for the pages; every one of them works without this file.
const all = (selector) => [...document.querySelectorAll(selector)];

for (const button of all('[data-hide]')) button.hidden = true;
for (const input of all('[data-submit]')) input.addEventListener('change', () => input.form.requestSubmit());

const widget = document.querySelector('landed-cost');

// Product page: the estimate follows variant and quantity.
const variant = document.querySelector('[data-variant]');
const quantity = document.querySelector('[data-quantity]');
if (quantity && widget) {
  const id = () => variant?.value ?? quantity.form.elements.variant_id.value;
  const ask = () => widget.setAttribute('items', JSON.stringify([{ variant_id: id(), quantity: Math.max(1, +quantity.value || 1) }]));
  quantity.addEventListener('change', ask);
  variant?.addEventListener('change', ask);
}

// Checkout: provinces and tax number belong to the country; the estimate follows the address.
const country = document.querySelector('[data-country]');
if (country) {
  const postcode = document.querySelector('#zip');
  const follow = () => {
    for (const box of all('[data-provinces]')) {
      box.hidden = box.dataset.provinces !== country.value;
      box.querySelector('select').disabled = box.hidden;
    }
    for (const box of all('[data-tax-id]')) box.hidden = !box.dataset.taxId.split(' ').includes(country.value);
    const province = all('[data-provinces]:not([hidden]) select')[0]?.value ?? '';
    const values = { country: country.value, region: province, postcode: postcode.value };
    for (const [name, value] of Object.entries(values)) {
      if (value) widget?.setAttribute(name, value);
      else widget?.removeAttribute(name);
    }
  };
  for (const input of [country, postcode, ...all('[data-provinces] select')]) input.addEventListener('change', follow);
  follow();
}

// Delivery page: the total follows the chosen option.
for (const option of all('[data-total]')) {
  option.addEventListener('change', () => { document.querySelector('[data-sum]').textContent = option.dataset.total; });
}

// Order page: news of the parcel appear by themselves.
if (document.querySelector('[data-live]')) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
    const old = document.querySelector('[data-live]');
    if (fresh && fresh.innerHTML !== old.innerHTML) old.replaceWith(fresh);
  }, 3000);
}
