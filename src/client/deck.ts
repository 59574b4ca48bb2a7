// The deck: what it needs at once.
import './controls.css';
import './exercise.css';
import './terminals.css';
import './slides.css';
import './deck.css';
import { SlidecarCheck } from './check-element.ts';
import { SlidecarDeck } from './deck-element.ts';
import { SlidecarExercise, wireExerciseButtons } from './exercise-element.ts';
import { SlidecarStep } from './step-element.ts';
import { SlidecarTerminals } from './terminals-element.ts';
import { followTheme, printLight } from './theme.ts';

customElements.define('slidecar-terminals', SlidecarTerminals);
customElements.define('slidecar-exercise', SlidecarExercise);
customElements.define('slidecar-step', SlidecarStep);
customElements.define('slidecar-check', SlidecarCheck);
customElements.define('slidecar-deck', SlidecarDeck);
wireExerciseButtons(document);
followTheme();
printLight();
