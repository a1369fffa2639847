namespace Fovea.Peers;

/// <summary>A row of the comparison.</summary>
/// <param name="Network">Of the zoo.</param>
/// <param name="Item">[C, H, W] or [C, L].</param>
/// <param name="Batch">Items.</param>
/// <param name="Threads">Of each engine.</param>
internal sealed record Case(string Network, Shape Item, int Batch, int Threads);
