// SPDX-License-Identifier: GPL-2.0

//! The network device chain.

use kernel::prelude::*;

mod c {
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_kunit_netdev_info() -> *mut c_void;
        pub(super) fn rtnl_lock();
        pub(super) fn rtnl_unlock();
    }
}

#[kunit_tests(notifier_chain_netdevice)]
mod tests {
    use super::*;
    use crate::chains::tell;
    use kernel::{
        new_mutex,
        sync::{
            Arc,
            Mutex, //
        },
    };
    use notifier_chain::{
        chains::netdevice,
        context::Sleepable,
        Handler,
        NotifyReturn,
        Priority,
        Registration, //
    };

    /// The loopback device is there always, and is the first.
    const LOOPBACK: (&CStr, i32) = (c"lo", 1);

    /// What is told about the loopback device.
    #[pin_data]
    struct Journal {
        #[pin]
        actions: Mutex<KVec<netdevice::Action>>,
    }

    impl Journal {
        fn new() -> Result<Arc<Self>> {
            Arc::pin_init(
                pin_init!(Self { actions <- new_mutex!(KVec::new()) }),
                GFP_KERNEL,
            )
        }

        fn take(&self) -> KVec<netdevice::Action> {
            core::mem::take(&mut *self.actions.lock())
        }
    }

    struct Recorder(Arc<Journal>);

    impl Handler<netdevice::Chain> for Recorder {
        fn notify(&self, event: netdevice::Event<'_>, _cx: Sleepable<'_>) -> Result {
            let device = event.device();
            if (device.name(event.rtnl()), device.index()) != LOOPBACK {
                return Ok(());
            }
            Ok(self.0.actions.lock().push(event.action(), GFP_KERNEL)?)
        }
    }

    /// Tells a handler that `action` happened to `info`. Returns its answer.
    fn told(journal: &Arc<Journal>, action: c_ulong, info: *mut c_void) -> c_int {
        let recorder = Recorder(journal.clone());
        // SAFETY: Balanced below.
        unsafe { c::rtnl_lock() };
        // SAFETY: The chain is called with these, or could be, and with RTNL held.
        let answer = unsafe {
            tell::<netdevice::Chain, _>(&recorder, action, info, Sleepable::might_sleep())
        };
        // SAFETY: It was locked above.
        unsafe { c::rtnl_unlock() };
        answer
    }

    /// The numbers of `enum netdev_cmd` in their order, from 1.
    const ACTIONS: [netdevice::Action; 40] = [
        netdevice::Action::Up,
        netdevice::Action::Down,
        netdevice::Action::Reboot,
        netdevice::Action::Change,
        netdevice::Action::Register,
        netdevice::Action::Unregister,
        netdevice::Action::ChangeMtu,
        netdevice::Action::ChangeAddress,
        netdevice::Action::PreChangeAddress,
        netdevice::Action::GoingDown,
        netdevice::Action::ChangeName,
        netdevice::Action::FeatureChange,
        netdevice::Action::BondingFailover,
        netdevice::Action::PreUp,
        netdevice::Action::PreTypeChange,
        netdevice::Action::PostTypeChange,
        netdevice::Action::PostInit,
        netdevice::Action::PreUninit,
        netdevice::Action::Release,
        netdevice::Action::NotifyPeers,
        netdevice::Action::Join,
        netdevice::Action::ChangeUpper,
        netdevice::Action::ResendIgmp,
        netdevice::Action::PreChangeMtu,
        netdevice::Action::ChangeInfoData,
        netdevice::Action::BondingInfo,
        netdevice::Action::PreChangeUpper,
        netdevice::Action::ChangeLowerState,
        netdevice::Action::UdpTunnelPushInfo,
        netdevice::Action::UdpTunnelDropInfo,
        netdevice::Action::ChangeTxQueueLen,
        netdevice::Action::CvlanFilterPushInfo,
        netdevice::Action::CvlanFilterDropInfo,
        netdevice::Action::SvlanFilterPushInfo,
        netdevice::Action::SvlanFilterDropInfo,
        netdevice::Action::OffloadXstatsEnable,
        netdevice::Action::OffloadXstatsDisable,
        netdevice::Action::OffloadXstatsReportUsed,
        netdevice::Action::OffloadXstatsReportDelta,
        netdevice::Action::XdpFeatureChange,
    ];

    #[test]
    fn an_action_has_its_name() -> Result {
        let journal = Journal::new()?;
        for (action, name) in (1..).zip(ACTIONS) {
            let info = c::notifier_chain_kunit_netdev_info();
            assert_eq!(told(&journal, action, info), NotifyReturn::OK.into_raw());
            assert_eq!(&journal.take()[..], &[name]);
        }
        Ok(())
    }

    #[test]
    fn an_action_that_is_not_known_keeps_its_number() -> Result {
        let journal = Journal::new()?;
        // The last is the first one in its lower half.
        for action in [
            0,
            ACTIONS.len() + 1,
            c_ulong::MAX,
            (1 << (c_ulong::BITS / 2)) + 1,
        ] {
            told(&journal, action, c::notifier_chain_kunit_netdev_info());
            assert_eq!(&journal.take()[..], &[netdevice::Action::Other(action)]);
        }
        Ok(())
    }

    /// A handler is told of the devices that there are when it comes, and once more when it goes.
    #[test]
    fn a_handler_hears_of_the_device_when_it_comes_and_goes() -> Result {
        let journal = Journal::new()?;
        let registration = KBox::pin_init(
            Registration::new(
                netdevice::Chain,
                Priority::DEFAULT,
                Recorder(journal.clone()),
                Sleepable::might_sleep(),
            ),
            GFP_KERNEL,
        )?;
        let came = journal.take();
        drop(registration);
        let went = journal.take();

        assert_eq!(came.first(), Some(&netdevice::Action::Register));
        assert_eq!(went.last(), Some(&netdevice::Action::Unregister));
        // If it is up, that is told, too.
        let was_up = came.contains(&netdevice::Action::Up);
        assert_eq!(came.len(), 1 + usize::from(was_up));
        assert_eq!(went.contains(&netdevice::Action::Down), was_up);
        Ok(())
    }
}
