"""What happens to tickets at the gates: their codes, how they are issued, admitted and handed over."""
