"""The designer of workflows: what sets them off and what they do, tried and rehearsed before they are published."""
