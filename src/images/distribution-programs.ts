/**
 * Programs of Debian's and Alpine's base images that containers may start, besides those that every container
 * has: of the required packages of Debian 13 and the applets of busybox 1.37, without what administers
 * machines.
 */
const BASE = `
  addgroup adduser apk apt apt-cache apt-config apt-get apt-mark arch b2sum base32 basenc bash blkid
  bunzip2 busybox bzip2 cal chpasswd chroot cksum clear cmp comm crond crontab csplit dash debconf
  delgroup deluser dir dirname dmesg dnsdomainname dos2unix dpkg dpkg-deb dpkg-query dpkg-reconfigure
  egrep expand factor fallocate fgrep flock fmt fold free fstrim fuser getconf getopt getty groupadd
  groupdel groupmod groups gunzip gzip hd hostid httpd iconv ifconfig inotifyd install ionice iostat ipcs
  join killall last ldconfig ldd less link ln locale localedef logger login logname logrotate lsblk lscpu
  lsof mawk mesg mkfifo mknod more mountpoint mpstat netcat netstat newgrp nice nl nohup nologin nproc
  nsenter numfmt od paste patch perl pgrep pidof ping ping6 pkill pmap pr prlimit ptx pwdx rbash readlink
  realpath rename.ul renice reset rev rmdir route run-parts runuser savelog script sdiff service setarch
  setpriv setsid sg sha1sum sha224sum sha384sum sha3sum sha512sum shred shuf split start-stop-daemon
  stdbuf strings stty su sum sync tac taskset telnet tempfile tic toe top tput tracepath traceroute
  truncate tset tsort tty ulimit umount unexpand unix2dos unlink unlzma unshare unxz unzip
  update-alternatives update-ca-certificates uptime useradd userdel usermod users uudecode uuencode vdir
  vi vmstat wall watch whereis which who xxd xz xzcat yes zcat zgrep zless`

/** Returns the programs of an image that is built on a distribution's, given those of its own. */
export const withDistribution = (own: string): readonly string[] => `${BASE} ${own}`.trim().split(/\s+/)
