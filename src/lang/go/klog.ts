const two = (value: number): string => String(value).padStart(2, '0')

/** Formats a line as Kubernetes' klog does: `E0102 03:04:05.000000       1 run.go:72] text`. */
export function klogLine(
  level: 'I' | 'W' | 'E' | 'F',
  ms: number,
  pid: number,
  source: string,
  text: string,
): string {
  const at = new Date(ms)
  const stamp =
    `${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())} ` +
    `${at.toISOString().slice(11, 19)}.${String(at.getUTCMilliseconds()).padStart(3, '0')}000`
  return `${level}${stamp} ${String(pid).padStart(7)} ${source}] ${text}`
}
