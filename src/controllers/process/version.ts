/** Minor version of a server version such as `v1.35` or `v1.34.9`: 35, 34. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1])
}
