// Fills the card form in from the button of a test card.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-number]');
  if (!button) return;
  const form = button.form;
  for (const field of ['number', 'exp', 'cvc']) form.elements[field].value = button.dataset[field];
  if (!form.elements.name.value) form.elements.name.value = 'Ada Lovelace';
  if (form.elements.email && !form.elements.email.value) form.elements.email.value = 'ada@example.com';
  form.querySelector('[type=submit]').focus();
});
