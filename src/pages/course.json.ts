// The exercise manifest, which the server, the course runner and the browser read.
import type { APIRoute } from 'astro';
import { readManifest } from '../content-folder.ts';

export const GET: APIRoute = async () => Response.json(await readManifest());
