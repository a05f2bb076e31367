// <council-menu>: what its buttons do, others listen for. It is defined when all of them do, and clicks wait until then.

customElements.define("council-menu", class extends HTMLElement {});
