// The theme: the system's unless chosen. Kept under the key that the admin's theme uses, so that all pages agree.
(() => {
  "use strict";
  const KEY = "adminTheme";
  const ORDER = ["auto", "light", "dark"];
  const WORDS = { auto: "system", light: "light", dark: "dark" };

  const chosen = () => {
    try {
      const value = JSON.parse(localStorage.getItem(KEY));
      return ORDER.includes(value) ? value : "auto";
    } catch {
      return "auto";
    }
  };

  const show = () => {
    const theme = chosen();
    document.documentElement.classList.toggle("light", theme === "light");
    document.documentElement.classList.toggle("dark", theme === "dark");
    document.querySelectorAll("[data-theme-switch]").forEach((button) => {
      button.textContent = `Theme: ${WORDS[theme]}`;
    });
  };

  show();
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-theme-switch]")) return;
      localStorage.setItem(KEY, JSON.stringify(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]));
      show();
    });
  });
})();
