// The progress of a backtest: asked for once a second, and the page anew when it has ended.
(() => {
  const job = document.querySelector("[data-backtest]");
  const bar = job.querySelector("progress");
  const said = job.querySelector("[data-said]");

  const look = async () => {
    try {
      const answer = await fetch(job.dataset.backtest, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const now = await answer.json();
      if (!now.open) {
        window.location.reload();
        return;
      }
      bar.max = now.total || 1;
      bar.value = now.done;
      said.textContent = now.said;
    } catch {
      said.textContent = "No answer from the server just now; it is asked again. The backtest goes on meanwhile.";
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();
