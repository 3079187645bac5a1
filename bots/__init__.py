"""What touches a platform; each adapter translates and does nothing else."""
