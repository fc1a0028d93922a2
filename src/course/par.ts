/** Commands that only read. They do not count against par. */
const LOOKS =
  /^\s*(?:ssh \S+ '?)?(?:kubectl (?:-n \S+ )?(?:get|describe|logs|explain|auth|api-resources|api-versions|top|events|cluster-info|version|diff|wait|config (?:view|get)|rollout (?:status|history))|k get|cat|ls|grep|tail|head|wc|crictl (?:ps|pods|logs|images)|journalctl|systemctl (?:status|is-)|openssl (?:x509|req) -noout|watch|sleep|echo|hostname|pwd|cd|df|ip|ss|exit|logout|clear)\b|^\s*ssh \S+\s*$/

/** How many commands of a script change something. */
export function countCommands(script: string): number {
  const bare = script.replaceAll(/'[^']*'|"[^"]*"/g, 'quoted')
  return bare.split(/;|\n|&&/).filter((part) => !/^\s*(?:$|#)/.test(part) && !LOOKS.test(part)).length
}
