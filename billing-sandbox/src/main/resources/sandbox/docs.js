window.addEventListener("DOMContentLoaded", () => {
  const ui = window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#api",
    deepLinking: false,
    validatorUrl: null,
  });
  const said = document.getElementById("said");
  const buttons = [...document.querySelectorAll("[data-user]")];
  const authorize = async (button) => {
    const answer = await fetch("/sandbox/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: button.dataset.user, role: button.dataset.role }),
    });
    if (!answer.ok) {
      said.textContent = "There is no token: " + (await answer.text());
      return;
    }
    ui.preauthorizeApiKey("signedIn", (await answer.json()).token);
    buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    said.textContent = "Calls are sent as " + button.textContent + " now. “Try it out” works for a day.";
  };
  buttons.forEach((button) => button.addEventListener("click", () => authorize(button)));
});
