// The reading page: what it needs at once.
import './controls.css';
import './exercise.css';
import './terminals.css';
import { SlidecarCheck } from './check-element.ts';
import { SlidecarExercise, wireExerciseButtons } from './exercise-element.ts';
import { showPageProgress } from './page-progress.ts';
import { SlidecarStep } from './step-element.ts';
import { SlidecarTerminals } from './terminals-element.ts';
import { printLight } from './theme.ts';

customElements.define('slidecar-terminals', SlidecarTerminals);
customElements.define('slidecar-exercise', SlidecarExercise);
customElements.define('slidecar-step', SlidecarStep);
customElements.define('slidecar-check', SlidecarCheck);
wireExerciseButtons(document);
showPageProgress(document);
printLight();
