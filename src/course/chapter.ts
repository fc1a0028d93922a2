import type { ClusterOptions } from '../cluster/compose/options.js'
import type { Language } from '../lang/text/phrases.js'

/** The languages of the course. Every text exists in each of them. */
export const LANGUAGES: readonly Language[] = ['ko', 'en']

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>

/** The versions at which the course plays: when it was written, and today. */
export const VERSIONS = ['v1.14', 'v1.35'] as const
export type CourseVersion = (typeof VERSIONS)[number]

/** A file of the course as it lies in `course/`: its name and its text. */
export interface CourseFile {
  readonly name: string
  readonly text: string
}

/** A chapter at one version, as plain data: what a terminal, a notebook or a web page renders and plays. */
export interface Chapter {
  /** Name of the file that it was read from: `01-node-maintenance.md`. */
  readonly file: string
  readonly number: number
  readonly version: CourseVersion
  readonly title: Text
  /** What a learner can do afterwards. */
  readonly goals: readonly Text[]
  /** Ids of the lessons of `simcluster/lessons` that belong to it. */
  readonly lessons: readonly string[]
  readonly start: ChapterStart
  readonly sections: readonly Section[]
}

/** The cluster that a chapter begins with. */
export interface ChapterStart {
  /** Options of the cluster, with its version. */
  readonly cluster: ClusterOptions
  /** Manifests that have been applied, as YAML. */
  readonly manifests: readonly string[]
  /** How long the cluster has been running: `30h`. Default: until nothing is in flight. */
  readonly age?: string
}

/** A part of a chapter with a title of its own. */
export interface Section {
  /** Ids of the course's rows that it shows (`N1`); none for an introduction or a summary. */
  readonly rows: readonly string[]
  readonly title: Text
  readonly steps: readonly Step[]
  readonly notes: readonly Note[]
}

/** What only a teacher is told. It is no step: nothing that shows steps to a learner can show it. */
export interface Note {
  /** Index of the step that it stands before; the number of steps at the end of the section. */
  readonly at: number
  /** Markdown, like the prose of learners. */
  readonly text: Text
}

export type Step = ProseStep | FileStep | CommandStep | EventStep | AskStep | PredictStep

/** Markdown: paragraphs, lists, tables, `code` and **emphasis**. */
export interface ProseStep {
  readonly kind: 'prose'
  readonly text: Text
}

/** A file that is written on the machine, such as a manifest. */
export interface FileStep {
  readonly kind: 'file'
  readonly path: string
  readonly text: string
  /** The machine that it is written on: `master`, or where `ssh` has led. */
  readonly machine: string
  /** Whether it belongs to {@link ChapterStart.manifests}: it is only shown then. */
  readonly isInitial: boolean
}

/** A command line, or a here-document. */
export interface CommandStep {
  readonly kind: 'command'
  readonly line: string
  /** The machine whose shell it is typed into: `master`, or where `ssh` has led. */
  readonly machine: string
  /** Texts that its output (stdout and stderr) contains. */
  readonly shows: readonly string[]
  readonly exitCode: number
}

/**
 * Something that happens to the cluster. `wait` (a duration) and `settle` move time; `crash`, `recover` and
 * `reboot` (a node) happen to machines; `another-cluster` leads to a terminal on another,
 * empty cluster, which gets copies of the files in /root, and `first-cluster` leads back.
 */
export interface EventStep {
  readonly kind: 'event'
  readonly event: CourseEvent
  readonly argument?: string
}

export const EVENTS = [
  'wait',
  'settle',
  'crash',
  'recover',
  'reboot',
  'another-cluster',
  'first-cluster',
] as const
export type CourseEvent = (typeof EVENTS)[number]

/**
 * A question that kubectl has no command for: its name and the words behind it (`can jane list pods office`).
 * `askCluster` responds to it.
 */
export interface AskStep {
  readonly kind: 'ask'
  readonly question: string
}

/**
 * A question to the learner: what will happen? It is asked before some commands, and the cluster gives the
 * answer after them.
 */
export interface PredictStep {
  readonly kind: 'predict'
  /** The same question stands in both. */
  readonly part: 'question' | 'answer'
  readonly question: Text
  /** A line for the shell that prints the answer, after the commands. It runs on a copy. */
  readonly line: string
  /** The machine whose shell it is for. */
  readonly machine: string
}

export const QUESTIONS = [
  'feature-gates',
  'components',
  'skew',
  'certificates',
  'can',
  'connect',
  'matrix',
  'network',
  'why',
] as const
export type Question = (typeof QUESTIONS)[number]
