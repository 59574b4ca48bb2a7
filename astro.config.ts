// The site: Starlight's reading pages, our own landing page, deck and speaker view, and course.json.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RemarkPlugins, unified } from '@astrojs/markdown-remark';
import starlight from '@astrojs/starlight';
import { defineConfig, fontProviders } from 'astro/config';
import {
	chaptersFolder,
	contentFolder,
	readCourse,
	readParts,
	surroundingsOf,
} from './src/content-folder.ts';
import { lineBreaks } from './src/markdown/line-breaks.ts';
import { chapterPlugins } from './src/markdown/plugins.ts';
import { unbrokenWords } from './src/markdown/unbroken-words.ts';

const base = process.env.SLIDECAR_BASE || '/';
const course = readCourse();
const parts = readParts();

/** The latin part of a variable font that npm has brought. */
function font(name: string, cssVariable: `--${string}`, file: string, fallback: string) {
	const src: [string] = [`./node_modules/@fontsource-variable/${file}`];
	const variants: [{ src: [string]; weight: string; style: 'normal' }] = [
		{ src, weight: '300 800', style: 'normal' },
	];
	// Text that has been painted never moves: a font that comes late is used from the next page on.
	const display = 'optional' as const;
	return {
		provider: fontProviders.local(),
		name,
		cssVariable,
		display,
		fallbacks: [fallback],
		options: { variants },
	};
}

export default defineConfig({
	base,
	trailingSlash: 'always',
	// Each content folder and base has its own cache: two builds side by side never mix.
	cacheDir: join(tmpdir(), 'slidecar', createHash('sha256').update(`${contentFolder} ${base}`).digest('hex')),
	prefetch: false,
	devToolbar: { enabled: false },
	markdown: {
		processor: unified({
			// `--` and quotes in commands stay as they are written.
			smartypants: false,
			remarkPlugins: chapterPlugins({ surroundings: surroundingsOf }) as RemarkPlugins,
		}),
	},
	fonts: [
		font('Figtree', '--font-figtree', 'figtree/files/figtree-latin-wght-normal.woff2', 'sans-serif'),
		font(
			'JetBrains Mono',
			'--font-jetbrains-mono',
			'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
			'monospace',
		),
	],
	integrations: [
		{
			name: 'course.yaml',
			hooks: {
				// Its titles and order are read above: `astro dev` starts anew when it changes.
				'astro:config:setup': ({ addWatchFile }) => addWatchFile(join(contentFolder, 'course.yaml')),
			},
		},
		starlight({
			title: course.title,
			description: course.description,
			disable404Route: true,
			sidebar: parts.map(({ title, chapters }) => ({
				label: title || 'Chapters',
				items: chapters.map((slug) => ({ slug: `read/${slug}` })),
			})),
			markdown: { headingLinks: false, processedDirs: [chaptersFolder] },
			customCss: ['./src/styles/reading.css'],
			components: {
				Head: './src/components/Head.astro',
				PageFrame: './src/components/PageFrame.astro',
				PageTitle: './src/components/PageTitle.astro',
				MarkdownContent: './src/components/MarkdownContent.astro',
				Search: './src/components/Search.astro',
				TableOfContents: './src/components/TableOfContents.astro',
				MobileTableOfContents: './src/components/MobileTableOfContents.astro',
			},
			expressiveCode: {
				// Code that is wider than its box is wrapped: nothing is cut off, and nothing needs scrolling sideways.
				defaultProps: { frame: 'none', wrap: true, hangingIndent: 2 },
				plugins: [lineBreaks, unbrokenWords],
				// A first line `# web.yaml` is part of the file, not its title.
				frames: { extractFileNameFromCode: false, showCopyToClipboardButton: false },
				styleOverrides: {
					borderRadius: 'var(--radius)',
					borderColor: 'var(--color-border)',
					codePaddingBlock: '0.6em',
					codePaddingInline: '0.9em',
					codeFontFamily: 'var(--font-code)',
					codeFontSize: '0.875em',
					codeLineHeight: '1.6',
					uiFontFamily: 'var(--font-text)',
					uiFontSize: '1em',
					frames: { frameBoxShadowCssValue: 'none' },
				},
			},
		}),
	],
});
