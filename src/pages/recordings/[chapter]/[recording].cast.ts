// /recordings/<slug>/<exercise>-<step>.cast: what plays where there is no lab.
import type { APIRoute, GetStaticPaths } from 'astro';
import { readRecordings } from '../../../content-folder.ts';

export const getStaticPaths: GetStaticPaths = () =>
	readRecordings().map(({ slug, name, text }) => ({
		params: { chapter: slug, recording: name.replace(/\.cast$/, '') },
		props: { text },
	}));

export const GET: APIRoute = ({ props }) =>
	new Response(String(props.text), { headers: { 'content-type': 'application/x-asciicast' } });
