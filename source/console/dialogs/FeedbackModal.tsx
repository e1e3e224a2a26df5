import {Select} from '@inkjs/ui';
import {useEffect, type ReactNode} from 'react';
import {
  FEEDBACK_TYPES,
  RATINGS,
  type Feedback,
  type FeedbackType,
  type Rating,
} from '../../analysis/feedback/feedback.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {Cleaner} from '../present/clean.ts';
import {say, type Line} from '../present/line.ts';
import {feedbackOf, TYPE_KEYS, type FeedbackDialog} from '../keys/press-feedback.ts';
import {DialogFrame, dialogWidth, Over, type Area} from './DialogFrame.tsx';
import {Typed} from './Typed.tsx';

export interface FeedbackModalProps {
  /** Phase and version that it is about; null: unknown. */
  deploymentPhase: string | null;
  deploymentVersion: string | null;
  /** Called once with what was written, after Enter. */
  onSubmit(feedback: Feedback): void;
  dialog: FeedbackDialog;
  t: Messages;
  clean: Cleaner;
  area: Area;
  onType(type: FeedbackType): void;
  onRating(rating: Rating): void;
}

/** What a person says of a version: what it is, from a list; how good it was, 1 to 5; then the words. */
export function FeedbackModal(props: FeedbackModalProps): ReactNode {
  const {onSubmit, dialog, t, area, onType, onRating} = props;
  const {type, rating, isSent} = dialog;
  const written = feedbackOf(dialog);
  useEffect(() => {
    if (isSent && written !== null) onSubmit(written);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each Enter, whatever is drawn meanwhile
  }, [isSent]);
  const words = t.dialogs;
  const about = aboutLine(props);
  if (type === null) return <TypeChoice {...{about, t, area, onType}} />;
  const kind: Line = [say(`${words.feedbackType}  `, 'quiet'), say(words.feedbackTypes[type])];
  if (rating === null) return <RatingChoice {...{type, t, area, onRating}} head={[about, kind]} />;
  const rated: Line = [
    say(`${words.feedbackRating}  `, 'quiet'),
    say(`${rating}  ${words.feedbackRatings[rating]}`),
  ];
  return (
    <Typed
      area={area}
      title={words.feedbackTitle}
      tone="strong"
      words={[about, kind, rated, [say(isSent ? t.sending : words.feedbackText, 'quiet')]]}
      field={dialog.field}
      error={dialog.error}
    />
  );
}

/** Phase and version that the feedback is about. */
function aboutLine({
  deploymentPhase,
  deploymentVersion,
  t,
  clean,
}: Pick<FeedbackModalProps, 'deploymentPhase' | 'deploymentVersion' | 't' | 'clean'>): Line {
  const names = [deploymentPhase, deploymentVersion].flatMap(name =>
    name === null ? [] : [clean.name(name)],
  );
  return [
    say(`${t.dialogs.feedbackAbout}  `, 'quiet'),
    say(names.length === 0 ? '—' : names.join('  '), 'strong'),
  ];
}

function TypeChoice({
  about,
  t,
  area,
  onType,
}: Pick<FeedbackModalProps, 't' | 'area' | 'onType'> & {about: Line}): ReactNode {
  const options = FEEDBACK_TYPES.map(type => ({
    label: `${TYPE_KEYS[type]}  ${t.dialogs.feedbackTypes[type]}`,
    value: type,
  }));
  const head = [about, [say(t.dialogs.feedbackType, 'quiet')]];
  return (
    <Chosen {...{area, head}} title={t.dialogs.feedbackTitle} count={options.length}>
      <Select
        key="type"
        options={options}
        onChange={value => onType(FEEDBACK_TYPES.find(type => type === value) ?? 'bug')}
      />
    </Chosen>
  );
}

function RatingChoice({
  type,
  head,
  t,
  area,
  onRating,
}: Pick<FeedbackModalProps, 't' | 'area' | 'onRating'> & {
  type: FeedbackType;
  head: readonly Line[];
}): ReactNode {
  // The list begins with the rating that such feedback has most often.
  const isComplaint = type === 'bug' || type === 'performance';
  const options = (isComplaint ? RATINGS : RATINGS.toReversed()).map(rating => ({
    label: `${rating}  ${t.dialogs.feedbackRatings[rating]}`,
    value: String(rating),
  }));
  return (
    <Chosen
      area={area}
      title={t.dialogs.feedbackTitle}
      head={[...head, [say(t.dialogs.feedbackRating, 'quiet')]]}
      count={options.length}
    >
      <Select
        key="rating"
        options={options}
        onChange={value => onRating(RATINGS.find(rating => String(rating) === value) ?? 3)}
      />
    </Chosen>
  );
}

/** A dialog with a list over its last rows. */
function Chosen({
  area,
  title,
  head,
  count,
  children,
}: {
  area: Area;
  title: string;
  head: readonly Line[];
  count: number;
  children: ReactNode;
}): ReactNode {
  const room = Array.from({length: count}, (): Line => []);
  return (
    <DialogFrame area={area} title={title} tone="strong" rows={[...head, ...room]}>
      <Over row={head.length} column={0} width={dialogWidth(area) - 4} height={count}>
        {children}
      </Over>
    </DialogFrame>
  );
}
