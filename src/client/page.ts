// The reading page: what it needs at once.
import './controls.css';
import './exercise.css';
import './terminals.css';
import { defineExercises } from './exercises.ts';
import { showPageProgress } from './page-progress.ts';
import { SlidecarTerminals } from './terminals-element.ts';
import { printLight } from './theme.ts';

customElements.define('slidecar-terminals', SlidecarTerminals);
defineExercises();
showPageProgress(document);
printLight();
