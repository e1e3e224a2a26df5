import {Component, type ReactNode} from 'react';
import {plainText} from '../../text/plain-text.ts';
import type {Messages} from '../messages/catalogue.ts';
import {fit, say} from '../present/line.ts';
import {LineView} from './LineView.tsx';

interface Props {
  /** Panel's name, for the one row that is left of it. */
  name: string;
  t: Messages;
  width: number;
  /** When it changes, the panel is given another chance. */
  moment: number;
  children: ReactNode;
}

interface Held {
  why: string | null;
  moment: number;
}

/** A panel that throws leaves one row behind; everything else, the keys above all, goes on. */
export class Boundary extends Component<Props, Held> {
  override state: Held = {why: null, moment: this.props.moment};

  static getDerivedStateFromError(error: unknown): Partial<Held> {
    return {why: error instanceof Error ? error.message : String(error)};
  }

  static getDerivedStateFromProps({moment}: Props, held: Held): Partial<Held> | null {
    return held.moment === moment ? null : {moment, why: null};
  }

  override render(): ReactNode {
    const {why} = this.state;
    if (why === null) return this.props.children;
    const {t, name, width} = this.props;
    return <LineView line={fit([say(' ✖ ', 'bad'), say(t.panelBroken(name, plainText(why, 80)))], width)} />;
  }
}
