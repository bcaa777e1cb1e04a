/** What must fit together in a record after an edit. Twin of sync/constraints.py, which says why. */
import { type Around, hangsOnCard, isLive, isText, type Known, named, serviceOf, type View } from './around.ts';
import type { Edit } from './edits.ts';
import { cardId, erasureId, isCardNumber, tallyId } from './ids.ts';
import { baseOf, THEMES } from './kinds.ts';

type Rule = (before: Known | undefined, edit: Edit, after: Known, around: Around) => boolean;

/** Whether the record `after` an edit holds together; a deleted one need not. */
export const fits: Rule = (before, edit, after, around) => {
  const rule = RULES[edit.kind];
  return !rule || after.view.deleted === true || rule(before, edit, after, around);
};

const touches = (edit: Edit, ...names: string[]): boolean => Object.keys(edit.set).some((name) => names.includes(baseOf(name)));

export const isResidence = (shown: View): boolean => shown.theme === 'RES' && shown.subtheme !== 'RES.05';

const issueRule: Rule = (before, edit, after, around) => {
  const shown = after.view;
  if (!before || touches(edit, 'theme', 'subtheme', 'own_words', 'card', 'visit')) {
    if (isText(shown.subtheme) && THEMES[shown.subtheme]?.parent !== shown.theme) return false;
    if (!shown.theme && !shown.own_words) return false;
    if (isResidence(shown) && hangsOnCard(shown, around)) return false;
  }
  return !(shown.risk_flag === true && ![undefined, null, 'no'].includes(shown.quote_consent as string));
};

const visitRule: Rule = (_, edit, after, around) =>
  !edit.set.card || ![...around.naming(after.id)].some((other) => other.kind === 'issue' && isResidence(other.view));

const followUpRule: Rule = (_before, _edit, { view: shown }) =>
  Boolean(shown.card) !== Boolean(shown.topic) && Boolean(shown.at) !== Boolean(shown.on);

const referralRule: Rule = (_, edit, after, around) => {
  const shown = after.view;
  const isBack = shown.state === 'rejected' || shown.state === 'failed';
  if (Object.hasOwn(edit.set, 'state') && isBack && !shown.state_reason) return false;
  const asks = edit.set.state === 'requested' || touches(edit, 'mode', 'to_service', 'to_table', 'shared_fields', 'shared_note', 'consent');
  if (!asks || !isLive(after)) return true;
  const service = serviceOf(after, around);
  if (!service) return false;
  const issue = named(around, after, 'issue');
  if (issue && isResidence(issue.view) && shown.card) return false;
  const shares = Boolean(shown.shared_note) || Object.keys(shown).some((n) => n.startsWith('shared_fields/') && shown[n] === true);
  if (shown.mode === 'self' || (shown.mode === 'walked_over' && !shares)) return true;
  const consent = named(around, after, 'consent');
  return consent?.view[`purposes/refer_to:${service}`] === 'given' && !consent.view.withdrawn_at;
};

const contactRule: Rule = (before, edit, after, around) =>
  (before !== undefined && !touches(edit, 'consent')) || named(around, after, 'consent')?.view['purposes/call_back'] === 'given';

const topicRule: Rule = (_, edit, { view: shown }) => edit.set.state !== 'chosen' || Number(shown['decision/residents_n'] ?? 0) >= 1;

const cardRule: Rule = (before, edit, after) => {
  if (edit.set.state === 'erased') return false; // an erasure is asked for by a record of its own
  if (before && !touches(edit, 'animal', 'number')) return true;
  const { animal, number } = after.view;
  return isCardNumber(number) && after.id === cardId(after.event, String(animal), String(number));
};

const tallyRule: Rule = (before, edit, after) => {
  const { what, slot, device, n } = after.view;
  if (typeof n !== 'number' || n < 0) return false;
  if (before && !touches(edit, 'what', 'slot', 'device')) return true;
  return after.id === tallyId(after.event, String(what), String(slot), String(device));
};

const remarkRule: Rule = (_before, _edit, after, around) => {
  const about = named(around, after, 'about');
  return about !== undefined && about.event === after.event && about.kind !== 'remark' && Boolean(after.view.text);
};

const erasureRule: Rule = (_before, _edit, after, around) => {
  const card = named(around, after, 'card');
  return card?.kind === 'card' && card.event === after.event && after.id === erasureId(card.id);
};

const RULES: Readonly<Record<string, Rule>> = {
  visit: visitRule,
  issue: issueRule,
  referral: referralRule,
  follow_up: followUpRule,
  contact: contactRule,
  topic: topicRule,
  card: cardRule,
  tally: tallyRule,
  remark: remarkRule,
  erasure: erasureRule,
};
