// The speaker view: what it needs at once.
import './controls.css';
import './exercise.css';
import './slides.css';
import './speaker.css';
import { defineExercises } from './exercises.ts';
import { SlidecarSpeaker } from './speaker-element.ts';
import { followTheme } from './theme.ts';

defineExercises();
customElements.define('slidecar-speaker', SlidecarSpeaker);
followTheme();
