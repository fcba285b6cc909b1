// The floor renews itself: the same page is asked for again, and its parts are put in place. Not while it is out of sight,
// nor while somebody has ticked a row or has the focus in a part.
(() => {
  "use strict";
  const EVERY = 10000;
  const parts = () => [...document.querySelectorAll("[data-renews]")];
  const isBusy = (part) => part.contains(document.activeElement) || part.querySelector("input:checked");

  const renew = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      parts().forEach((part) => {
        const fresh = page.querySelector(`[data-renews="${part.dataset.renews}"]`);
        if (fresh && !isBusy(part) && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
      });
      document.documentElement.dataset.renewed = String(Date.now());
    } catch { /* what stands there stays, and it is asked again */ }
  };
  setInterval(renew, EVERY);
})();
