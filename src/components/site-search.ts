// <site-search>: a dialog over Pagefind's own interface, loaded when it is first opened.

/** The part of Pagefind's interface that is used here (pagefind.app/docs/api). */
interface Pagefind {
	options(options: { baseUrl: string; excerptLength: number }): Promise<void>;
	debouncedSearch(
		term: string,
		options: object,
		milliseconds: number,
	): Promise<{ results: { data(): Promise<Result> }[] } | null>;
}

interface Place {
	title: string;
	url: string;
	/** HTML made by Pagefind: escaped text with `<mark>` around what was found. */
	excerpt: string;
}

interface Result {
	meta: { title: string };
	sub_results: Place[];
}

const pages = 5;
const placesPerPage = 4;

class SiteSearch extends HTMLElement {
	#pagefind: Promise<Pagefind> | undefined;
	#dialog!: HTMLDialogElement;
	#input!: HTMLInputElement;

	connectedCallback(): void {
		this.#dialog = this.querySelector('dialog')!;
		this.#input = this.querySelector('input')!;
		this.querySelector('.search-open')!.addEventListener('click', () => this.#open());
		this.#input.addEventListener('input', () => this.#search());
		this.#input.form!.addEventListener('submit', (event) => {
			// Enter in the field goes to the first result; the button closes.
			if (event.submitter === null || this.#input === document.activeElement) {
				event.preventDefault();
				this.querySelector<HTMLAnchorElement>('.search-results a')?.click();
			}
		});
		this.#dialog.addEventListener('click', (event) => {
			if (event.target === this.#dialog || (event.target as Element).closest('a')) this.#dialog.close();
		});
		addEventListener('keydown', (event) => {
			if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
			event.preventDefault();
			if (this.#dialog.open) this.#dialog.close();
			else this.#open();
		});
	}

	#open(): void {
		this.#dialog.showModal();
		this.#input.select();
		this.#pagefind ??= this.#load();
		this.#pagefind.catch(() => {
			this.#pagefind = undefined;
			this.#tell('The search index is not there: it is made by `npm run build`.');
		});
	}

	async #load(): Promise<Pagefind> {
		const { base = '/' } = this.dataset;
		const address = `${base}pagefind/pagefind.js`;
		const pagefind: Pagefind = await import(/* @vite-ignore */ address);
		await pagefind.options({ baseUrl: base, excerptLength: 16 });
		return pagefind;
	}

	async #search(): Promise<void> {
		const term = this.#input.value.trim();
		const list = this.querySelector('.search-results')!;
		if (term === '') {
			list.replaceChildren();
			return this.#tell('');
		}
		const pagefind = await this.#pagefind;
		// Null where a later search has taken its place.
		const found = await pagefind?.debouncedSearch(term, {}, 120);
		if (!found || this.#input.value.trim() !== term) return;
		const results = await Promise.all(found.results.slice(0, pages).map((result) => result.data()));
		const places = results.flatMap((result) =>
			result.sub_results.slice(0, placesPerPage).map((place) => [result, place] as const),
		);
		list.replaceChildren(...places.map(([result, place]) => this.#item(result, place)));
		this.#tell(places.length === 0 ? `Nothing found for “${term}”.` : '');
	}

	#item(result: Result, place: Place): HTMLLIElement {
		const item = document.createElement('li');
		const link = document.createElement('a');
		// Headings are named after their slides, and slides are what links lead to.
		link.href = place.url.replace(/-heading$/, '');
		const title = document.createElement('strong');
		title.textContent = place.title;
		const page = document.createElement('small');
		page.textContent = place.title === result.meta.title ? '' : result.meta.title;
		const excerpt = document.createElement('p');
		excerpt.innerHTML = place.excerpt;
		link.append(title, page, excerpt);
		item.append(link);
		return item;
	}

	#tell(text: string): void {
		this.querySelector('.search-count')!.textContent = text;
	}
}

customElements.define('site-search', SiteSearch);
