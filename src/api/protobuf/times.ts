import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'

/** Range of years that both JavaScript's dates and RFC 3339 have. */
const LAST_SECOND = 253_402_300_799
const ZERO_SECOND = -62_135_596_800

/** Formats seconds since the epoch as metav1.Time; null for Go's zero time. */
export function timeText(seconds: number): string | null {
  if (seconds === ZERO_SECOND) return null
  return `${secondsText(seconds)}Z`
}

/** Formats metav1.MicroTime, without fractions of microseconds. */
export function microTimeText(seconds: number, nanos: number): string | null {
  if (seconds === ZERO_SECOND) return null
  const micros = Math.trunc(nanos / 1000)
  const whole = seconds + Math.floor(micros / 1_000_000)
  const rest = micros - Math.floor(micros / 1_000_000) * 1_000_000
  return `${secondsText(whole)}.${String(rest).padStart(6, '0')}Z`
}

function secondsText(seconds: number): string {
  if (!(seconds > ZERO_SECOND && seconds <= LAST_SECOND))
    throw new ProtobufError('Time.MarshalJSON: year outside of range [0,9999]')
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}

/** Returns the seconds and nanoseconds of a Time or MicroTime. */
export function secondsOf(text: string): { readonly seconds: number; readonly nanos: number } {
  const micros = /\.(\d{1,6})/.exec(text)?.[1] ?? ''
  return { seconds: Math.floor(Date.parse(text) / 1000), nanos: Number(micros.padEnd(6, '0')) * 1000 }
}
