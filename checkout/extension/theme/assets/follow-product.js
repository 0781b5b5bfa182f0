// Keeps the estimate on the variant and the quantity that the product form has chosen, whichever theme it is in.

/** Themes differ in how they announce a new variant; all of them write it into the form's field named id. */
const chosen = () => {
  const form = [...document.querySelectorAll('form[action*="/cart/add"]')].find((one) => one.elements.id?.value);
  if (!form) return null;
  const wanted = document.querySelector(`[name="quantity"][form="${form.id}"]`) ?? form.elements.quantity;
  const quantity = Number.parseInt(wanted?.value ?? '1', 10);
  return JSON.stringify([{ variant_id: form.elements.id.value, quantity: quantity > 0 ? quantity : 1 }]);
};

const follow = () => {
  const items = chosen();
  if (!items) return;
  for (const element of document.querySelectorAll('landed-cost[data-follow-product]')) {
    if (element.getAttribute('items') !== items) element.setAttribute('items', items);
  }
};

// A script that sets the field's value causes no event on it, so the form is looked at after the theme is done.
for (const event of ['change', 'click']) document.addEventListener(event, () => setTimeout(follow, 50));
follow();
