/*
 * Everything an enclave must not be able to do, one line each, tried one by one (attempts.c) from inside (probe.c).
 *   DENIED   the launcher's walls refuse it already before the enclave's filter stands: an error, no effect
 *   OPEN     not the walls' matter (nothing is behind it, the loader needs it, or the kernel's settings decide); the filter forbids it
 * Behind the filter every one of them is the end of the process (SIGSYS), whatever its arguments.
 */
#ifndef SANDBOX_ATTEMPTS_H
#define SANDBOX_ATTEMPTS_H

#define ATTEMPTS(X) \
	/* files */ \
	X(open_executable, OPEN) X(open_passwd, DENIED) X(open_root_folder, OPEN) X(open_device, DENIED) X(open_sys, DENIED) \
	X(create_file, DENIED) X(write_executable, DENIED) X(openat2_passwd, DENIED) X(unlink_executable, DENIED) \
	X(rename_executable, DENIED) X(link_executable, DENIED) X(make_folder, DENIED) X(make_device, DENIED) X(change_mode, DENIED) \
	X(truncate_executable, DENIED) X(stat_executable, OPEN) X(list_root, OPEN) X(open_by_handle, DENIED) X(watch_files, OPEN) \
	/* /proc */ \
	X(proc_own_memory, DENIED) X(proc_own_maps, DENIED) X(proc_of_init, DENIED) X(proc_kernel_core, DENIED) X(proc_mount_it, DENIED) \
	/* network */ \
	X(socket_local, OPEN) X(socket_pair, OPEN) X(connect_loopback, DENIED) X(bind_port, DENIED) X(connect_abstract, DENIED) \
	X(packet_socket, DENIED) X(raw_socket, DENIED) X(netlink_socket, OPEN) X(receive_descriptor, OPEN) X(send_message, OPEN) \
	/* processes */ \
	X(fork_process, OPEN) X(vfork_process, OPEN) X(clone_thread, OPEN) X(clone3_process, OPEN) X(exec_shell, DENIED) X(exec_self, OPEN) \
	X(exec_by_descriptor, OPEN) X(trace_me, OPEN) X(trace_other, DENIED) X(read_other, DENIED) X(write_other, DENIED) \
	X(kill_other, DENIED) X(kill_everyone, DENIED) X(kill_thread, DENIED) X(pidfd_other, DENIED) X(compare_processes, DENIED) \
	X(set_user, DENIED) X(set_group, DENIED) X(drop_groups, DENIED) X(set_capabilities, DENIED) X(lower_nice, DENIED) \
	/* namespaces and mounts */ \
	X(mount_tmpfs, DENIED) X(mount_remount, DENIED) X(unmount_root, DENIED) X(open_tree_root, DENIED) X(filesystem_open, DENIED) \
	X(pivot_root, DENIED) X(change_root, DENIED) X(unshare_mounts, DENIED) X(unshare_user, OPEN) X(enter_namespace, DENIED) \
	X(set_host_name, DENIED) \
	/* the kernel */ \
	X(bpf_program, DENIED) X(perf_counter, OPEN) X(keyring_read, OPEN) X(keyring_add, OPEN) X(ring_setup, OPEN) X(fault_handler, OPEN) \
	X(load_module, DENIED) X(load_kernel, DENIED) X(reboot_machine, DENIED) X(port_access, DENIED) X(port_level, DENIED) \
	X(swap_on, DENIED) X(accounting, DENIED) X(set_clock, DENIED) X(read_clock, OPEN) X(read_log, OPEN) X(quota, DENIED) \
	X(watch_everything, DENIED) X(add_filter, OPEN) X(change_rules, OPEN) X(personality_change, OPEN) \
	/* memory */ \
	X(memory_file, OPEN) X(map_executable, OPEN) X(make_executable, OPEN) X(map_descriptor, OPEN) X(key_protect_executable, OPEN) \
	X(shared_memory, OPEN) X(message_queue, OPEN) X(make_dumpable, OPEN) X(raise_core_limit, DENIED) X(unlock_everything, OPEN) \
	/* descriptors */ \
	X(duplicate, OPEN) X(control_descriptor, OPEN) X(control_device, OPEN) X(steal_descriptor, DENIED) X(close_descriptor, OPEN) \
	/* other tables of the kernel */ \
	X(call_of_32_bits, OPEN) X(call_of_x32, OPEN)

enum wall { OPEN, DENIED };
struct attempt {
	const char *name;
	enum wall wall;
	long (*run)(void); /* negative: refused */
};
extern const struct attempt attempts[];
extern const unsigned n_attempts;

#endif
