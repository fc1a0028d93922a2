const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  IOT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  POLL: 29,
  PWR: 30,
  SYS: 31,
}
const RTMIN = 34
const RTMAX = 64

/** Number of a Linux signal (`SIGUSR1`, `SIGRTMIN+3`); 15 for a name that there is not. */
export function signalNumber(name: string): number {
  const short = name.replace(/^SIG/, '')
  const realTime = /^RT(MIN|MAX)(?:[+-](\d+))?$/.exec(short)
  if (realTime)
    return realTime[1] === 'MIN' ? RTMIN + Number(realTime[2] ?? 0) : RTMAX - Number(realTime[2] ?? 0)
  return Object.hasOwn(NUMBERS, short) ? (NUMBERS[short] as number) : 15
}
