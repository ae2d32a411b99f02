"""Every fault that the lab can inject.

`nodes.py` holds those of control planes (VAL13 to VAL17): a node killed or hung, PostgreSQL stopped. The
others are the fifteen faults of CLUSTER, each a value of `fault.ClusterFault`, in the order of the contract.
"""
