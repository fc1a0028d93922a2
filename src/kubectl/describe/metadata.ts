import { LAST_APPLIED } from '../last-applied.js'
import type { DescriptionWriter } from './writer.js'
import { pairsOf, writeList } from './writer.js'

const MAX_ANNOTATION = 140

/** Labels (or any map of the same look), one a line. */
export function writeLabels(
  out: DescriptionWriter,
  title: string,
  labels: Readonly<Record<string, string>> | undefined,
): void {
  writeList(out, title, pairsOf(labels))
}

/**
 * Annotations without the last applied configuration; long ones and those of several lines go below their
 * key.
 */
export function writeAnnotations(
  out: DescriptionWriter,
  annotations: Readonly<Record<string, string>> | undefined,
  title: string = 'Annotations',
): void {
  writeList(out, title, annotationTexts(annotations))
}

/** The lines of annotations. */
export function annotationTexts(
  annotations: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  return Object.entries(annotations ?? {})
    .filter(([key]) => key !== LAST_APPLIED)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, text]) => annotationLines(key, text.endsWith('\n') ? text.slice(0, -1) : text))
}

function annotationLines(key: string, value: string): readonly string[] {
  if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes('\n')) return [`${key}: ${value}`]
  return [`${key}:`, ...value.split('\n').map((line) => `  ${shorten(line, MAX_ANNOTATION - 2)}`)]
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}...` : text
