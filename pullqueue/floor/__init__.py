"""What the manager's pages of the sales floor show. Reads only; `services` change."""
