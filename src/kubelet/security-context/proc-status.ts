import { capabilityMask } from './capabilities.js'
import type { EffectiveSecurity } from './effective.js'

/** The part of /proc/1/status that tells what a process may do, as Linux prints it. */
export function procStatus(
  { uid, gid, groups, capabilities, noNewPrivileges, seccomp }: EffectiveSecurity,
  program: string,
): string {
  const { bounding, effective } = capabilities.value
  const ids = (id: number): string => [id, id, id, id].join('\t')
  const hasFilter = seccomp.value.type !== 'Unconfined'
  const lines: readonly (readonly [string, string])[] = [
    ['Name', program.slice(0, 15)],
    ['State', 'S (sleeping)'],
    ['Pid', '1'],
    ['PPid', '0'],
    ['Uid', ids(uid.value)],
    ['Gid', ids(gid.value)],
    ['Groups', groups.map(({ value }) => `${value} `).join('')],
    ['CapInh', capabilityMask([])],
    ['CapPrm', capabilityMask(effective)],
    ['CapEff', capabilityMask(effective)],
    ['CapBnd', capabilityMask(bounding)],
    ['CapAmb', capabilityMask([])],
    ['NoNewPrivs', noNewPrivileges.value ? '1' : '0'],
    ['Seccomp', hasFilter ? '2' : '0'],
    ['Seccomp_filters', hasFilter ? '1' : '0'],
  ]
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('')
}
