import { etcdctl } from '../etcd/etcdctl.js'
import { etcdutl } from '../etcd/etcdutl.js'
import { kubeadm } from '../kubeadm/kubeadm.js'
import type { HostCommandName } from '../command-names.js'
import type { HostCommand } from './command.js'
import { cp } from './cp.js'
import { crictl } from './crictl.js'
import { docker } from './docker.js'
import { curl } from './curl.js'
import { hexdump } from './hexdump.js'
import { journalctl } from './journalctl.js'
import { background, bg, fg, jobs } from './jobs.js'
import { kubectl } from './kubectl.js'
import { containerd, ctr, runc } from './runtime.js'
import { crontab, logger, vmstat, w, who } from './users.js'
import { df } from './df.js'
import { arp, ip } from './ip.js'
import { dmesg, hostnamectl, last, timedatectl } from './clock.js'
import { lsof, netstat, ss } from './connections.js'
import { findmnt, lsblk, mount } from './disks.js'
import { lscpu, lsmod, modprobe, nproc, swapoff, swapon, sysctl } from './kernel.js'
import { iptables, poweroff, reboot, watch } from './machine.js'
import { dig, getent, host, nslookup } from './names.js'
import { aptCache, aptGet, aptMark, dpkg } from './packages.js'
import { telnet, traceroute } from './routes.js'
import { scp } from './scp.js'
import { kill, killall, pgrep, pidof, pkill } from './signals.js'
import { stat } from './stat.js'
import { tail } from './tail.js'
import { wget } from './wget.js'
import { openssl } from './openssl/openssl.js'
import { nc, ping } from './reach.js'
import { free, ps, top, uname, uptime } from './processes.js'
import { chown, date, editor, hostname, id, kubelet, pager, sleep, ssh, sudo, whoami } from './system.js'
import { systemctl } from './systemctl.js'

export { background }

/** The commands of a Kubernetes machine besides those of the shell, by name. */
export const HOST_COMMANDS: Readonly<Record<HostCommandName, HostCommand>> = {
  kubectl,
  kubeadm,
  kubelet,
  systemctl,
  journalctl,
  crictl,
  docker,
  sudo,
  ssh,
  date,
  id,
  whoami,
  chown,
  stat,
  sleep,
  cp,
  hostname,
  openssl,
  hexdump,
  curl,
  etcdctl,
  etcdutl,
  'apt-get': aptGet,
  apt: aptGet,
  'apt-mark': aptMark,
  'apt-cache': aptCache,
  dpkg,
  reboot,
  poweroff,
  halt: poweroff,
  shutdown: poweroff,
  df,
  watch,
  ip,
  ss,
  netstat,
  lsof,
  arp,
  nslookup,
  dig,
  host,
  getent,
  telnet,
  traceroute,
  wget,
  scp,
  nproc,
  lscpu,
  sysctl,
  modprobe,
  lsmod,
  swapon,
  swapoff,
  mount,
  findmnt,
  lsblk,
  kill,
  killall,
  pgrep,
  pkill,
  pidof,
  timedatectl,
  hostnamectl,
  last,
  dmesg,
  tail,
  iptables,
  nc,
  ping,
  uname,
  uptime,
  free,
  ps,
  top,
  vi: editor,
  vim: editor,
  nano: editor,
  less: pager,
  more: pager,
  jobs,
  fg,
  bg,
  containerd,
  runc,
  ctr,
  who,
  w,
  crontab,
  vmstat,
  logger,
}
