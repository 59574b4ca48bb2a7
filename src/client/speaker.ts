// The speaker view: what it needs at once.
import './controls.css';
import './exercise.css';
import './slides.css';
import './speaker.css';
import { SlidecarCheck } from './check-element.ts';
import { SlidecarExercise, wireExerciseButtons } from './exercise-element.ts';
import { SlidecarSpeaker } from './speaker-element.ts';
import { SlidecarStep } from './step-element.ts';
import { followTheme } from './theme.ts';

customElements.define('slidecar-exercise', SlidecarExercise);
customElements.define('slidecar-step', SlidecarStep);
customElements.define('slidecar-check', SlidecarCheck);
customElements.define('slidecar-speaker', SlidecarSpeaker);
wireExerciseButtons(document);
followTheme();
