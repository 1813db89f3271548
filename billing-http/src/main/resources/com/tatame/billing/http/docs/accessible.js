// Follows the system's scheme of colors, and adds the names and levels that Swagger UI leaves out,
// which screen readers go by.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  const level = (selector, number) =>
    document.querySelectorAll(selector).forEach((heading) => {
      heading.setAttribute("role", "heading");
      heading.setAttribute("aria-level", number);
    });
  const name = (selector, text) =>
    document.querySelectorAll(selector).forEach((field) => field.setAttribute("aria-label", text));
  const region = (selector, text) => {
    document.querySelectorAll(selector).forEach((part) => part.setAttribute("role", "region"));
    name(selector, text);
  };
  const complete = () => {
    level("#api .info .title", "1");
    level("#api .opblock-tag, #api .models > h4", "2");
    name("#servers", "Server");
    region("#api .information-container", "About");
    region("#api .scheme-container", "Server and sign-in");
    region("#api section.models", "Schemas");
  };
  window.addEventListener("DOMContentLoaded", () => {
    complete();
    new MutationObserver(complete).observe(document.getElementById("api"), { childList: true, subtree: true });
  });
})();
