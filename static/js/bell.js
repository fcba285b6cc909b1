// The bell: how many notices are unread, asked once when the page is there and then every minute while it is looked at.
(() => {
  "use strict";
  const EVERY = 60000;

  const show = (bell, unread) => {
    const count = bell.querySelector("[data-bell-count]");
    count.hidden = !unread;
    count.textContent = unread > 99 ? "99+" : String(unread);
    bell.setAttribute("aria-label", unread ? `Notices, ${unread} unread` : "Notices");
  };

  const ask = async () => {
    const bells = document.querySelectorAll("[data-bell]");
    if (!bells.length || document.hidden) return;
    try {
      const answer = await fetch(bells[0].dataset.bell, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) return;
      const { unread } = await answer.json();
      bells.forEach((bell) => show(bell, unread));
    } catch {
      // the next minute asks again
    }
  };

  document.addEventListener("DOMContentLoaded", ask);
  if (document.readyState !== "loading") ask();
  setInterval(ask, EVERY);
})();
